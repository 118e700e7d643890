package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmolLmTokenizerTest {
  private final Tokenizer tokenizer = GgufTokenizer.read(GgufFile.open(TestingModel.file()));

  @Test
  void agreesWithRecordedIds() throws Exception {
    Path recorded = Path.of("src/test/resources/tokenizer/smollm2.json");
    for (JsonNode line : Json.tree(Files.readString(recorded))) {
      List<Integer> ids = new ArrayList<>();
      line.get("ids").forEach(id -> ids.add(id.asInt()));
      String text = line.get("text").asText();
      assertThat(tokenizer.encode(text)).as("tokens of %s", line).isEqualTo(ids);
      assertThat(tokenizer.decode(tokenizer.encodePlain(text))).isEqualTo(text);
    }
  }

  @Test
  void templatesHoldSpecialTokensAndTextsDoNot() {
    String text = "<|im_start|>user\nHi<|im_end|>\n";
    assertThat(tokenizer.encodeTemplate(text)).containsExactly(1, 4093, 198, 26843, 2, 198);
    assertThat(tokenizer.encodePlain(text)).doesNotContain(1, 2);
    assertThat(tokenizer.endOfTurn()).isEqualTo(2);
  }
}
