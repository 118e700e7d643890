package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.paddock.agent.JsonSchemas;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.Locale;
import java.util.Set;

/**
 * JSON Schemas as Gemini's clients write them: type names may be in capitals, as in the OpenAPI
 * form of older ones.
 */
final class Schema {
  private static final int LONGEST = 256 << 10;
  private static final Set<String> TYPES =
      Set.of("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL");

  private Schema() {}

  static ObjectNode read(JsonNode node, String place) {
    ObjectNode schema = Fields.of(node, place).all().deepCopy();
    lowerTypes(schema);
    if (Json.write(schema).length() > LONGEST) {
      throw ServerException.invalid(place, "is longer than %,d characters".formatted(LONGEST));
    }
    JsonSchemas.problem(schema)
        .ifPresent(
            problem -> {
              throw ServerException.invalid(place, "is no JSON Schema: " + problem);
            });
    return schema;
  }

  private static void lowerTypes(JsonNode node) {
    if (node instanceof ObjectNode object) {
      JsonNode type = object.path("type");
      if (type.isTextual() && TYPES.contains(type.textValue())) {
        object.set("type", TextNode.valueOf(type.textValue().toLowerCase(Locale.ROOT)));
      }
      object.forEach(Schema::lowerTypes);
    } else if (node instanceof ArrayNode array) {
      array.forEach(Schema::lowerTypes);
    }
  }
}
