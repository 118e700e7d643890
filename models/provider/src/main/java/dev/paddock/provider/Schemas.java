package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.HashSet;
import java.util.Set;

/** JSON Schemas as providers take them. */
final class Schemas {
  /** Keywords whose value maps names of the user's own choice to schemas. */
  private static final Set<String> NAMED =
      Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

  /** Keywords whose value is data, not a schema. */
  private static final Set<String> DATA = Set.of("const", "enum", "default", "examples");

  private Schemas() {}

  /** Without our own {@code x-} keywords, which providers refuse. */
  static ObjectNode plain(ObjectNode schema) {
    ObjectNode out = Json.object();
    schema
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().startsWith("x-")) {
                out.set(field.getKey(), value(field.getKey(), field.getValue()));
              }
            });
    return out;
  }

  private static JsonNode value(String keyword, JsonNode value) {
    if (DATA.contains(keyword)) {
      return value;
    }
    if (NAMED.contains(keyword) && value instanceof ObjectNode named) {
      ObjectNode out = Json.object();
      named.properties().forEach(field -> out.set(field.getKey(), nested(field.getValue())));
      return out;
    }
    return nested(value);
  }

  private static JsonNode nested(JsonNode value) {
    if (value instanceof ObjectNode schema) {
      return plain(schema);
    }
    if (value instanceof ArrayNode array) {
      ArrayNode out = array.arrayNode();
      array.forEach(element -> out.add(nested(element)));
      return out;
    }
    return value;
  }

  /**
   * Whether every object is closed and requires all it has, which is what OpenAI and its kin ask of
   * a schema before they hold a model to it.
   */
  static boolean isClosed(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && (object.path("type").asText("").equals("object") || object.has("properties"))) {
      Set<String> required = new HashSet<>();
      object.path("required").forEach(name -> required.add(name.asText()));
      Set<String> declared = new HashSet<>();
      object.path("properties").fieldNames().forEachRemaining(declared::add);
      if (!object.path("additionalProperties").isBoolean()
          || object.path("additionalProperties").booleanValue()
          || !required.equals(declared)) {
        return false;
      }
    }
    for (JsonNode child : schema) {
      if (child.isContainerNode() && !isClosed(child)) {
        return false;
      }
    }
    return true;
  }
}
