package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.List;
import java.util.Optional;

/** The form that an answer must have: {@code response_format} and what older clients send. */
final class Output {
  private static final String JSON = "application/json";

  private Output() {}

  /** A JSON Schema; empty for plain text. */
  static Optional<ObjectNode> read(Fields fields) {
    Optional<String> mime = fields.text("response_mime_type");
    requireTextOnly(fields);
    Optional<JsonNode> format = fields.find("response_format");
    if (format.isEmpty()) {
      return mime.flatMap(type -> ofMime(type, fields.at("response_mime_type")));
    }
    String place = fields.at("response_format");
    if (!format.get().isArray()) {
      return one(format.get(), place);
    }
    List<Fields.Item> items = Fields.items(format.get(), place, 8);
    if (items.size() > 1) {
      throw Fields.missing(place, "output in several formats");
    }
    return items.isEmpty() ? Optional.empty() : one(items.getFirst().value(), place + "[0]");
  }

  private static void requireTextOnly(Fields fields) {
    for (Fields.Item item : fields.list("response_modalities", 8)) {
      String modality = Fields.text(item.value(), item.place());
      if (!modality.equalsIgnoreCase("text")) {
        throw Fields.missing(item.place(), "output of " + Fields.shown(modality));
      }
    }
  }

  private static Optional<ObjectNode> one(JsonNode node, String place) {
    Fields fields = Fields.of(node, place);
    String type = fields.text("type").orElse("");
    return switch (type) {
      case "text" -> text(fields);
      case "audio", "image", "video" ->
          throw Fields.missing(fields.at("type"), "output of " + type);
      // A bare schema is what older clients send.
      default -> Optional.of(Schema.read(node, place));
    };
  }

  private static Optional<ObjectNode> text(Fields fields) {
    Optional<String> mime = fields.text("mime_type");
    Optional<ObjectNode> schema =
        fields.find("schema").map(node -> Schema.read(node, fields.at("schema")));
    fields.noOthers();
    if (schema.isPresent()) {
      if (mime.isPresent() && !mime.get().equals(JSON)) {
        throw ServerException.invalid(fields.at("mime_type"), "must be " + JSON + " with a schema");
      }
      return schema;
    }
    return mime.flatMap(type -> ofMime(type, fields.at("mime_type")));
  }

  private static Optional<ObjectNode> ofMime(String mime, String place) {
    return switch (mime) {
      case "text/plain" -> Optional.empty();
      case JSON -> {
        ObjectNode any = Json.object();
        any.putArray("type").add("object").add("array");
        yield Optional.of(any);
      }
      default -> throw Fields.missing(place, "output of type " + Fields.shown(mime));
    };
  }
}
