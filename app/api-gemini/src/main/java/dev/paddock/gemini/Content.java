package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Content blocks between Gemini's form and the log's. */
final class Content {
  static final Set<String> TYPES = Set.of("text", "image", "document", "audio", "video");

  private static final int MOST = 1000;

  private Content() {}

  /** A text, one block, or a list of them. */
  static List<ContentBlock> read(JsonNode content, String place) {
    if (content.isTextual()) {
      return List.of(ContentBlock.text(content.textValue()));
    }
    if (content.isObject()) {
      return List.of(block(content, place));
    }
    List<ContentBlock> blocks = new ArrayList<>();
    for (Fields.Item item : Fields.items(content, place, MOST)) {
      blocks.add(block(item.value(), item.place()));
    }
    return blocks;
  }

  static ContentBlock block(JsonNode node, String place) {
    Fields fields = Fields.of(node, place);
    String type = fields.requiredText("type");
    return switch (type) {
      case "text" -> ContentBlock.text(fields.requiredText("text"));
      case "image" -> new ContentBlock.Image(source(fields, "image/"));
      case "document" ->
          new ContentBlock.Document(
              source(fields, "application/pdf", "text/", "application/json"),
              Optional.empty(),
              Optional.empty());
      case "audio", "video" -> throw Fields.missing(fields.at("type"), type + " content");
      default ->
          throw ServerException.invalid(
              fields.at("type"), "unknown content type \"%s\"".formatted(Fields.shown(type)));
    };
  }

  private static ObjectNode source(Fields fields, String... kinds) {
    Optional<String> data = fields.text("data");
    Optional<String> uri = fields.text("uri");
    if (data.isPresent() == uri.isPresent()) {
      throw ServerException.invalid(fields.at("data"), "give either data or uri");
    }
    if (uri.isPresent()) {
      if (!uri.get().startsWith("https://") || uri.get().length() > 4096) {
        throw ServerException.invalid(
            fields.at("uri"), "must be an https address; or give the bytes in data");
      }
      return Json.object().put("type", "url").put("url", uri.get());
    }
    String mime = fields.requiredText("mime_type").toLowerCase(Locale.ROOT);
    if (mime.length() > 100 || !List.of(kinds).stream().anyMatch(mime::startsWith)) {
      throw ServerException.invalid(
          fields.at("mime_type"),
          "\"%s\" begins with none of %s"
              .formatted(Fields.shown(mime), String.join(", ", List.of(kinds))));
    }
    requireBase64(data.get(), fields.at("data"));
    return Json.object().put("type", "base64").put("media_type", mime).put("data", data.get());
  }

  private static void requireBase64(String data, String place) {
    try {
      if (Base64.getDecoder().decode(data).length == 0) {
        throw ServerException.invalid(place, "is empty");
      }
    } catch (IllegalArgumentException e) {
      throw ServerException.invalid(place, "is not base64");
    }
  }

  /** What a step shows of content. */
  static ArrayNode write(List<ContentBlock> blocks) {
    ArrayNode out = Json.mapper().createArrayNode();
    for (ContentBlock block : blocks) {
      switch (block) {
        case ContentBlock.Text text -> out.add(text(text.text()));
        case ContentBlock.Image image -> out.add(media("image", image.source()));
        case ContentBlock.Document document -> out.add(media("document", document.source()));
        case ContentBlock.SearchResult result ->
            out.add(text(result.title() + "\n" + result.source()));
        case ContentBlock.Redacted redacted -> out.add(text("[taken out of the log]"));
      }
    }
    return out;
  }

  static ObjectNode text(String text) {
    return Json.object().put("type", "text").put("text", text);
  }

  private static ObjectNode media(String type, JsonNode source) {
    ObjectNode out = Json.object().put("type", type);
    if (source.hasNonNull("url")) {
      out.set("uri", source.get("url"));
    }
    if (source.hasNonNull("data")) {
      out.set("data", source.get("data"));
      out.set("mime_type", source.path("media_type"));
    }
    return out;
  }
}
