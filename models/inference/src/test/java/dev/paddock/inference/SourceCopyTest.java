package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Origin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SourceCopyTest {
  private static final String INVOICE =
      "Müller \"Söhne\" GmbH\nInvoice INV-7\n\tTotal: 1.234,56 EUR 😀\nTotal again 1.234,56";
  private static final Map<String, String> SOURCES =
      Map.of("invoice", INVOICE, "mail", "Dear Ada, the total is 99.50.");
  private static final String COPY = "{\"type\": \"string\", \"x-paddock-source\": true}";

  private static boolean accepts(String schema, String value) {
    return TestingWriter.accepts(
        TestingWriter.mask(schema, SOURCES), CanonicalJson.write(Json.tree((Object) value)));
  }

  @Test
  void letsOnlyPartsOfTheTextsPass() {
    assertThat(accepts(COPY, "Müller \"Söhne\" GmbH")).isTrue();
    assertThat(accepts(COPY, "GmbH\nInvoice")).isTrue();
    assertThat(accepts(COPY, "1.234,56")).isTrue();
    assertThat(accepts(COPY, "Ada, the")).isTrue();
    assertThat(accepts(COPY, "😀")).isTrue();
    assertThat(accepts(COPY, "Muller")).isFalse();
    assertThat(accepts(COPY, "EUR 😀\nTotal again 1.234,56Dear")).isFalse();
    assertThat(accepts(COPY, "")).isFalse();
  }

  @Test
  void keepsToWordsAndWholeNumbers() {
    assertThat(accepts(COPY, "üller")).isFalse();
    assertThat(accepts(COPY, "Invo")).isFalse();
    assertThat(accepts(COPY, "234,56")).isFalse();
    assertThat(accepts(COPY, "1.234")).isFalse();
    assertThat(accepts(COPY, "99.50")).isTrue();
    assertThat(accepts(COPY, "99.50.")).isTrue();
    assertThat(accepts(COPY, " Invoice")).isFalse();
    assertThat(accepts(COPY, "Invoice ")).isFalse();
  }

  @Test
  void copiesFromTheNamedTextOnly() {
    String mail =
        "{\"type\": \"string\", \"x-paddock-source\": {\"from\": \"mail\", \"labels\": [1]}}";
    assertThat(accepts(mail, "Ada")).isTrue();
    assertThat(accepts(mail, "INV-7")).isFalse();
    String other = "{\"type\": \"string\", \"x-paddock-source\": {\"from\": \"letter\"}}";
    assertThatThrownBy(() -> accepts(other, "a"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("/x-paddock-source")
        .hasMessageContaining("letter");
  }

  @Test
  void obeysTheOtherKeywordsToo() {
    String number =
        "{\"type\": [\"string\", \"null\"], \"x-paddock-source\": true, \"pattern\": \"^[0-9.,]+$\","
            + " \"maxLength\": 8}";
    assertThat(accepts(number, "1.234,56")).isTrue();
    assertThat(accepts(number, "99.50")).isTrue();
    assertThat(accepts(number, "INV-7")).isFalse();
    assertThat(TestingWriter.accepts(TestingWriter.mask(number, SOURCES), "null")).isTrue();
    String nothing = "{\"type\": \"string\", \"x-paddock-source\": true, \"pattern\": \"^Z+$\"}";
    assertThatThrownBy(() -> accepts(nothing, "Z"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("nothing in the given texts matches");
  }

  @Test
  void tellsWhereAValueComesFrom() {
    String schema =
        """
        {"type": "object", "properties": {
          "a/b": {"type": "string", "x-paddock-source": true}, "plain": {"type": "string"},
          "list": {"type": "array", "items": {"type": "string", "x-paddock-source": true}}},
         "required": ["a/b", "plain", "list"]}""";
    TokenMask mask = TestingWriter.mask(schema, SOURCES);
    String json =
        "{\"a/b\": \"1.234,56\", \"plain\": \"Ada\", \"list\": [\"\\\"Söhne\\\" GmbH\", \"Ada\"]}";
    assertThat(TestingWriter.accepts(mask, json)).isTrue();
    List<Origin> origins = mask.origins();
    assertThat(origins).extracting(Origin::pointer).containsExactly("/a~1b", "/list/0", "/list/1");
    assertThat(origins.getFirst().spans()).hasSize(2);
    for (Origin origin : origins) {
      for (Origin.Span span : origin.spans()) {
        String text = SOURCES.get(span.source());
        assertThat(text).isNotNull();
        assertThat(text.substring(span.start(), span.end())).isEqualTo(origin.value());
      }
    }
  }

  @Test
  void whateverIsWrittenStandsInItsText() {
    String schema =
        """
        {"type": "object", "properties": {
          "one": {"type": "string", "x-paddock-source": {"from": "invoice"}},
          "two": {"type": ["string", "null"], "x-paddock-source": {"from": "mail"}, "minLength": 3,
            "maxLength": 12}},
         "required": ["one", "two"]}""";
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      TokenMask mask = TestingWriter.mask(schema, SOURCES);
      byte[] out = TestingWriter.write(TestingWriter.VOCABULARY, mask, random, 60);
      JsonNode value = Json.tree(new String(out, StandardCharsets.UTF_8));
      assertThat(INVOICE).contains(value.get("one").asText());
      if (!value.get("two").isNull()) {
        assertThat(SOURCES.get("mail")).contains(value.get("two").asText());
        assertThat(value.get("two").asText()).hasSizeBetween(3, 12);
      }
      assertThat(mask.origins()).hasSize(value.get("two").isNull() ? 1 : 2);
    }
  }

  @Test
  void repeatedAndUnpairedCharactersDoNoHarm() {
    String repeated = "a ".repeat(20_000) + "\ud800 b";
    TokenMask mask = TestingWriter.mask(COPY, Map.of("text", repeated));
    assertThat(TestingWriter.accepts(mask, "\"a a a\"")).isTrue();
    assertThat(mask.origins().getFirst().spans()).hasSize(19_998);
    assertThatThrownBy(() -> TestingWriter.mask(COPY, Map.of("text", "x".repeat(5_000_000))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("larger than");
  }
}
