package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Schemas that are meant to cost more than they are worth. */
final class HostileSchemaTest {
  private static String write(TokenMask mask, int budget) {
    byte[] out = TestingWriter.write(TestingWriter.VOCABULARY, mask, new Random(1), budget);
    return new String(out, StandardCharsets.UTF_8);
  }

  @Test
  void nestingIsLimited() {
    String schema = "{\"not\": ".repeat(120) + "{}" + "}".repeat(120);
    assertThatThrownBy(() -> TestingWriter.mask(schema))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("nested deeper than");
  }

  @Test
  void alternativesThatMultiplyAreRefused() {
    StringBuilder all = new StringBuilder("{\"type\": \"object\", \"allOf\": [{}");
    for (int i = 0; i < 30; i++) {
      all.append(", {\"anyOf\": [{\"required\": [\"a").append(i);
      all.append("\"]}, {\"required\": [\"b").append(i).append("\"]}]}");
    }
    assertThatThrownBy(() -> TestingWriter.mask(all + "]}"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("ways");
  }

  @Test
  void manyAlternativesWithADiscriminatorAreFine() {
    ObjectNode schema = Json.object();
    ArrayNode branches = schema.putArray("oneOf");
    for (int i = 0; i < 60; i++) {
      ObjectNode branch = branches.addObject().put("type", "object");
      branch.putObject("properties").putObject("kind").put("const", "kind " + i);
      ((ObjectNode) branch.get("properties")).putObject("v" + i).put("type", "integer");
      branch.putArray("required").add("kind").add("v" + i);
    }
    assertThat(
            TestingWriter.accepts(
                TestingWriter.mask(schema.toString()), "{\"kind\": \"kind 37\", \"v37\": 5}"))
        .isTrue();
    assertThat(
            TestingWriter.accepts(
                TestingWriter.mask(schema.toString()), "{\"kind\": \"kind 37\", \"v38\": 5}"))
        .isFalse();
  }

  @Test
  void manyPropertiesAreFine() {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (int i = 0; i < 2_000; i++) {
      properties.putObject("property " + i).put("type", i % 2 == 0 ? "integer" : "string");
    }
    schema.putArray("required").add("property 1999");
    assertThat(
            TestingWriter.accepts(
                TestingWriter.mask(schema.toString()),
                "{\"property 10\": 1, \"property 1999\": \"x\"}"))
        .isTrue();
    assertThat(Json.tree(write(TestingWriter.mask(schema.toString()), 100)).has("property 1999"))
        .isTrue();
  }

  @Test
  void readingsThatMultiplyAreFollowedInPart() {
    String schema =
        """
        {"$ref": "#/$defs/n", "$defs": {"n": {"anyOf": [
          {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}, "b": {"type": "integer"}}},
          {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}, "b": {"type": "string"}}},
          {"type": "array", "items": {"$ref": "#/$defs/n"}, "maxItems": 3},
          {"type": "array", "items": {"$ref": "#/$defs/n"}, "minItems": 1}]}}}""";
    TokenMask mask = TestingWriter.mask(schema);
    String deep = "{\"a\": ".repeat(20) + "{\"b\": \"x\"}" + "}".repeat(20);
    long[] bits = new long[TestingWriter.VOCABULARY.maskWords()];
    for (byte b : deep.getBytes(StandardCharsets.UTF_8)) {
      mask.allowed(bits);
      int token = TestingWriter.VOCABULARY.encodeByte(b);
      if (!TestingWriter.has(bits, token)) {
        break;
      }
      mask.accept(token);
    }
    for (int token : mask.closing().orElseThrow()) {
      mask.accept(token);
    }
    assertThat(mask.isComplete()).isTrue();
  }

  @Test
  void valuesAreNotNestedDeeperThanTheyCanBeRead() {
    TokenMask mask = TestingWriter.mask("{}");
    int bracket = TestingWriter.VOCABULARY.encodeByte((byte) '[');
    long[] bits = new long[TestingWriter.VOCABULARY.maskWords()];
    int depth = 0;
    for (mask.allowed(bits); TestingWriter.has(bits, bracket); mask.allowed(bits)) {
      mask.accept(bracket);
      depth++;
    }
    assertThat(depth).isEqualTo(Frame.MAX_DEPTH);
    for (int token : mask.closing().orElseThrow()) {
      mask.accept(token);
    }
    assertThat(mask.mustEnd()).isTrue();
  }

  @Test
  void aValueThatMustBeNestedTooDeepIsRefused() {
    String schema = "{\"type\": \"integer\"}";
    for (int i = 0; i < 45; i++) {
      schema = "{\"type\": \"array\", \"minItems\": 1, \"items\": " + schema + "}";
    }
    String deep = schema;
    JsonNode value = Json.tree(write(TestingWriter.mask(deep), 200));
    assertThat(value.isArray()).isTrue();
    String twice =
        "{\"$defs\": {\"in\": %s}, \"type\": \"array\", \"minItems\": 1, \"items\": %s}"
            .formatted(deep, deep.replace("{\"type\": \"integer\"}", "{\"$ref\": \"#/$defs/in\"}"));
    assertThat(TestingWriter.mask(twice).bytesToClose()).isPositive();
  }

  @Test
  void longListsOfValuesAreLimited() {
    ObjectNode schema = Json.object();
    ArrayNode values = schema.putArray("enum");
    for (int i = 0; i < 30_000; i++) {
      values.add("value " + Integer.toString(i * 7919, 36));
    }
    assertThatThrownBy(() -> TestingWriter.mask(schema.toString()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("/enum");
  }
}
