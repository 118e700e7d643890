package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.Set;

/**
 * The part of JSON Schema that Anthropic holds an answer to. What lies beyond it moves into the
 * description, as Anthropic's own libraries do, so that the model at least reads it.
 */
final class AnthropicSchema {
  private static final Set<String> TAKEN =
      Set.of(
          "$defs",
          "$ref",
          "additionalProperties",
          "allOf",
          "anyOf",
          "const",
          "description",
          "enum",
          "items",
          "oneOf",
          "properties",
          "required",
          "title",
          "type");

  private static final Set<String> FORMATS =
      Set.of(
          "date-time",
          "time",
          "date",
          "duration",
          "email",
          "hostname",
          "uri",
          "ipv4",
          "ipv6",
          "uuid");

  private AnthropicSchema() {}

  static ObjectNode of(ObjectNode schema) {
    ObjectNode out = Json.object();
    ObjectNode told = Json.object();
    schema
        .properties()
        .forEach(
            field -> {
              if (isTaken(field.getKey(), field.getValue())) {
                put(out, field.getKey(), field.getValue());
              } else if (!field.getKey().startsWith("$")) {
                told.set(field.getKey(), field.getValue());
              }
            });
    if (out.path("type").asText().equals("object") || out.has("properties")) {
      out.put("additionalProperties", false);
    }
    if (!told.isEmpty()) {
      String before = out.path("description").asText("");
      out.put("description", before.isEmpty() ? told.toString() : before + "\n\n" + told);
    }
    return out;
  }

  private static boolean isTaken(String keyword, JsonNode value) {
    return switch (keyword) {
      case "format" -> FORMATS.contains(value.asText());
      case "minItems" -> value.asInt(-1) == 0 || value.asInt(-1) == 1;
      default -> TAKEN.contains(keyword);
    };
  }

  private static void put(ObjectNode out, String keyword, JsonNode value) {
    switch (keyword) {
      case "properties", "$defs" -> {
        ObjectNode named = out.putObject(keyword);
        value.properties().forEach(field -> named.set(field.getKey(), nested(field.getValue())));
      }
      case "items" -> out.set(keyword, nested(value));
      case "anyOf", "oneOf" -> out.set("anyOf", each(value));
      case "allOf" -> out.set(keyword, each(value));
      default -> out.set(keyword, value);
    }
  }

  private static ArrayNode each(JsonNode schemas) {
    ArrayNode out = Json.mapper().createArrayNode();
    schemas.forEach(schema -> out.add(nested(schema)));
    return out;
  }

  private static JsonNode nested(JsonNode value) {
    return value instanceof ObjectNode schema ? of(schema) : value;
  }
}
