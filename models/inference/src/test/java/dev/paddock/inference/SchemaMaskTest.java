package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SchemaMaskTest {
  private static final String PERSON =
      """
      {"type": "object",
       "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
       "required": ["name"], "additionalProperties": false}""";

  @Test
  void letsTheCanonicalFormPassAndNothingElse() {
    assertThat(accepts(PERSON, "{\"name\": \"Ada\", \"age\": 36}")).isTrue();
    assertThat(accepts(PERSON, "{\"name\": \"Ada\"}")).isTrue();
    assertThat(accepts(PERSON, "{\"age\": 36, \"name\": \"Ada\"}")).isFalse();
    assertThat(accepts(PERSON, "{\"name\":\"Ada\"}")).isFalse();
    assertThat(accepts(PERSON, "{\"name\": \"Ada\", \"age\": -1}")).isFalse();
    assertThat(accepts(PERSON, "{\"age\": 36}")).isFalse();
    assertThat(accepts(PERSON, "{\"name\": \"A\\u0064a\"}")).isFalse();
  }

  @Test
  void forcesWhatHasNoChoice() {
    TokenMask mask = TestingWriter.mask(PERSON);
    StringBuilder text = new StringBuilder();
    for (int token : mask.forced()) {
      mask.accept(token);
      text.append(new String(TestingWriter.VOCABULARY.bytes(token), StandardCharsets.UTF_8));
    }
    assertThat("{\"name\": \"").startsWith(text.toString());
    assertThat(text.length()).isGreaterThanOrEqualTo("{\"name".length());
  }

  @Test
  void keepsItsStateWhenATokenIsRefused() {
    TokenMask mask = TestingWriter.mask(PERSON);
    int bracket = TestingWriter.VOCABULARY.encodeByte((byte) '[');
    assertThatThrownBy(() -> mask.accept(bracket)).isInstanceOf(IllegalArgumentException.class);
    assertThat(TestingWriter.accepts(mask, "{\"name\": \"Ada\"}")).isTrue();
  }

  @Test
  void endsRandomTextsValidly() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] out =
          TestingWriter.write(TestingWriter.VOCABULARY, TestingWriter.mask(PERSON), random, 20);
      assertThat(accepts(PERSON, new String(out, StandardCharsets.UTF_8))).isTrue();
    }
  }

  private static boolean accepts(String schema, String json) {
    return TestingWriter.accepts(TestingWriter.mask(schema), json);
  }
}
