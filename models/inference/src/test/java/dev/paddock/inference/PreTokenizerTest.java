package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreTokenizerTest {
  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2"})
  void partsAsTheTokenizersLibraryDoes(String name) throws Exception {
    Path recorded = Path.of("src/test/resources/tokenizer/pieces.json");
    for (JsonNode line : Json.tree(Files.readString(recorded))) {
      List<String> expected = new ArrayList<>();
      line.get(name).forEach(piece -> expected.add(piece.asText()));
      List<String> pieces = new ArrayList<>();
      PreTokenizer.named(name).split(line.get("text").asText(), pieces::add);
      assertThat(pieces).as("%s of %s", name, line.get("text")).isEqualTo(expected);
    }
  }

  @Test
  void anUnknownOneIsRefused() {
    assertThatThrownBy(() -> PreTokenizer.named("deepseek-v3"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("deepseek-v3");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a", "\n", "1", "-", "ab", " \n", "'"})
  void longRunsAreReadInTime(String unit) {
    Tokenizer tokenizer = GgufTokenizer.read(TestingLlama.file(true).read());
    String text = unit.repeat(200_000);
    assertThat(tokenizer.decode(tokenizer.encodePlain(text))).isEqualTo(text);
  }
}
