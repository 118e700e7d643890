package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.ModelEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts that an answer passes through. */
class AnswerPartsTest {
  @Test
  void bytesBecomeTextWheneverACharacterIsWhole() {
    String text = "naïve 漢字 🙂\u0301 end";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      Utf8Stream stream = new Utf8Stream();
      StringBuilder out = new StringBuilder();
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(5));
        out.append(stream.push(java.util.Arrays.copyOfRange(bytes, at, end)));
        at = end;
      }
      assertThat(out.append(stream.finish())).hasToString(text);
    }
    Utf8Stream broken = new Utf8Stream();
    assertThat(broken.push(new byte[] {'a', (byte) 0xe6}) + broken.finish()).isEqualTo("a\ufffd");
  }

  @Test
  void stopSequencesAreFoundAcrossPortions() {
    String text = "one two STOP three";
    for (int size = 1; size < text.length(); size++) {
      StopFilter filter = new StopFilter(List.of("STOP", "STAY"));
      StringBuilder out = new StringBuilder();
      for (int at = 0; at < text.length() && !filter.stopped(); at += size) {
        out.append(filter.push(text.substring(at, Math.min(text.length(), at + size))));
      }
      assertThat(filter.stopped()).isTrue();
      assertThat(out.append(filter.finish())).hasToString("one two ");
    }
    StopFilter held = new StopFilter(List.of("STOP"));
    assertThat(held.push("xST")).isEqualTo("x");
    assertThat(held.finish()).isEqualTo("ST");
  }

  @Test
  void argumentsGrowAsTheyAreWritten() {
    String arguments = "{\"a\": \"}]\\\"{\", \"b\": [1, {}]}";
    String text = "{\"name\": \"do_it\", \"arguments\": " + arguments + "}\n";
    for (int size = 1; size < 12; size++) {
      CallStream stream = new CallStream();
      StringBuilder out = new StringBuilder();
      for (int at = 0; at < text.length(); at += size) {
        stream
            .push(text.substring(at, Math.min(text.length(), at + size)))
            .map(ModelEvent.ToolCallDelta.class::cast)
            .ifPresent(
                delta -> {
                  assertThat(delta.name()).isEqualTo("do_it");
                  out.append(delta.arguments());
                });
      }
      assertThat(out).hasToString(arguments);
    }
  }

  @Test
  void referencesOfAnEmbeddedSchemaFollowIt() {
    ObjectNode schema =
        (ObjectNode)
            Json.tree(
                """
                {"$defs": {"x": {"type": "string"}},
                 "properties": {"$ref": {"$ref": "#/$defs/x"}, "y": {"items": [{"$ref": "#"}]}},
                 "$id": "#/keep"}
                """);
    assertThat(TurnSchema.rooted(schema, "/anyOf/1").toString())
        .isEqualTo(
            "{\"$defs\":{\"x\":{\"type\":\"string\"}},"
                + "\"properties\":{\"$ref\":{\"$ref\":\"#/anyOf/1/$defs/x\"},"
                + "\"y\":{\"items\":[{\"$ref\":\"#/anyOf/1\"}]}},\"$id\":\"#/keep\"}");
  }
}
