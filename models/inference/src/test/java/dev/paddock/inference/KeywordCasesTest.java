package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each keyword with values that pass and values that do not. */
final class KeywordCasesTest {
  static Stream<JsonNode> cases() throws IOException {
    return table("keyword-cases.json");
  }

  static Stream<JsonNode> refused() throws IOException {
    return table("refused-schemas.json");
  }

  private static Stream<JsonNode> table(String name) throws IOException {
    try (InputStream in = KeywordCasesTest.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return Json.mapper()
          .reader()
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .readTree(bytes)
          .valueStream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void holdsForValues(JsonNode row) {
    for (JsonNode value : row.get("valid")) {
      assertThat(TestingWriter.accepts(mask(row), CanonicalJson.write(value)))
          .as("%s: %s is valid", row.get("about"), value)
          .isTrue();
    }
    for (JsonNode value : row.get("invalid")) {
      assertThat(TestingWriter.accepts(mask(row), CanonicalJson.write(value)))
          .as("%s: %s is not valid", row.get("about"), value)
          .isFalse();
    }
    Random random = new Random(3);
    for (int i = 0; i < 5; i++) {
      byte[] out = TestingWriter.write(TestingWriter.VOCABULARY, mask(row), random, 30);
      String json = new String(out, StandardCharsets.UTF_8);
      assertThat(TestingWriter.accepts(mask(row), json)).as("%s", json).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWithTheReason(JsonNode row) {
    var thrown = assertThatThrownBy(() -> mask(row)).isInstanceOf(ModelException.class);
    for (JsonNode words : row.get("says")) {
      thrown.hasMessageContaining(words.asText());
    }
  }

  private static TokenMask mask(JsonNode row) {
    return TestingWriter.COMPILER.compile((ObjectNode) row.get("schema"), Map.of());
  }
}
