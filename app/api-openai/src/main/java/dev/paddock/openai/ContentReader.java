package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Parts of messages: texts, pictures and files, in the forms of both of OpenAI's interfaces. */
final class ContentReader {
  private static final int MAX_PARTS = 2_000;
  private static final int MAX_FILE = 20 << 20;
  private static final String PDF = "application/pdf";

  private final Files files;
  private final WorkspaceId workspace;
  private final ModelDescription model;

  ContentReader(Files files, WorkspaceId workspace, ModelDescription model) {
    this.files = files;
    this.workspace = workspace;
    this.model = model;
  }

  /** A text, or a list of parts of any kind. */
  List<ContentBlock> blocks(JsonNode content, String place) {
    if (content.isTextual()) {
      return List.of(ContentBlock.text(content.textValue()));
    }
    List<ContentBlock> out = new ArrayList<>();
    for (Fields part : parts(content, place)) {
      out.add(block(part));
    }
    return out;
  }

  /** A text, or a list of parts that are text. */
  static String text(JsonNode content, String place) {
    if (content.isTextual()) {
      return content.textValue();
    }
    StringBuilder out = new StringBuilder();
    for (Fields part : parts(content, place)) {
      String kind = part.requiredText("type");
      out.append(
          switch (kind) {
            case "text", "input_text", "output_text" -> part.requiredText("text");
            case "refusal" -> part.requiredText("refusal");
            default -> throw Refusal.value(part.at("type"), kind, "a part that is text");
          });
    }
    return out.toString();
  }

  private static List<Fields> parts(JsonNode content, String place) {
    if (!content.isArray()) {
      throw Refusal.type(place, "a string or an array of parts", content);
    }
    if (content.isEmpty() || content.size() > MAX_PARTS) {
      throw Refusal.value(place, content.size() + " parts", "1 to " + MAX_PARTS);
    }
    List<Fields> out = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      out.add(Fields.of(content.get(i), "%s[%d]".formatted(place, i)));
    }
    return out;
  }

  private ContentBlock block(Fields part) {
    String kind = part.requiredText("type");
    return switch (kind) {
      case "text", "input_text", "output_text" -> ContentBlock.text(part.requiredText("text"));
      case "image_url" -> image(Fields.of(part.required("image_url"), part.at("image_url")), "url");
      case "input_image" ->
          part.text("file_id").isPresent() ? file(part) : image(part, "image_url");
      case "file" -> file(Fields.of(part.required("file"), part.at("file")));
      case "input_file" -> file(part);
      case "input_audio" ->
          throw Refusal.of(
              part.at("type"), "unsupported_value", "Audio is not offered; send text or pictures.");
      default ->
          throw Refusal.value(
              part.at("type"), kind, "a text, an image or a file, as this interface names them");
    };
  }

  private ContentBlock image(Fields holder, String name) {
    requirePictures(holder.at(name));
    String url = holder.requiredText(name);
    if (url.startsWith("data:")) {
      Data data = Data.parse(url, holder.at(name));
      if (!data.type().startsWith("image/")) {
        throw Refusal.value(holder.at(name), data.type(), "an image");
      }
      return new ContentBlock.Image(data.source());
    }
    return new ContentBlock.Image(address(url, holder.at(name)));
  }

  private static JsonNode address(String url, String param) {
    String start = url.substring(0, Math.min(8, url.length())).toLowerCase(Locale.ROOT);
    if (!start.startsWith("http://") && !start.startsWith("https://")) {
      throw Refusal.value(param, url, "an http, https or data URL");
    }
    return Json.object().put("type", "url").put("url", url);
  }

  private ContentBlock file(Fields holder) {
    Optional<String> id = holder.text("file_id");
    Optional<String> data = holder.text("file_data");
    Optional<String> url = holder.text("file_url");
    String name = holder.text("filename").orElse("file");
    if (id.isPresent()) {
      Resource file = files.find(workspace, id.get());
      long size = file.document().path("size_bytes").asLong();
      if (size > MAX_FILE) {
        throw Refusal.value(
            holder.at("file_id"), size + " bytes", "at most %,d".formatted(MAX_FILE));
      }
      String type = file.document().path("mime_type").asText("");
      byte[] bytes = files.read(file, MAX_FILE);
      return document(
          holder.at("file_id"), file.document().path("filename").asText(name), type, bytes);
    }
    if (data.isPresent()) {
      Data sent = Data.parse(data.get(), holder.at("file_data"));
      return document(holder.at("file_data"), name, sent.type(), sent.bytes());
    }
    if (url.isPresent()) {
      requirePictures(holder.at("file_url"));
      return new ContentBlock.Document(
          address(url.get(), holder.at("file_url")), Optional.of(name), Optional.empty());
    }
    throw Refusal.missing(holder.at("file_id"));
  }

  private ContentBlock document(String param, String name, String type, byte[] bytes) {
    String kind = type.isEmpty() || type.equals("application/octet-stream") ? byName(name) : type;
    if (kind.startsWith("image/") || kind.equals(PDF)) {
      requirePictures(param);
      JsonNode source = new Data(kind, bytes).source();
      return kind.equals(PDF)
          ? new ContentBlock.Document(source, Optional.of(name), Optional.empty())
          : new ContentBlock.Image(source);
    }
    if (kind.startsWith("text/") || kind.equals("application/json")) {
      return ContentBlock.text(name + "\n\n" + new String(bytes, StandardCharsets.UTF_8));
    }
    throw Refusal.value(param, kind, "a PDF, an image or text");
  }

  private static String byName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String ending = lower.substring(lower.lastIndexOf('.') + 1);
    return switch (ending) {
      case "pdf" -> PDF;
      case "png", "gif", "webp" -> "image/" + ending;
      case "jpg", "jpeg" -> "image/jpeg";
      case "txt", "md", "csv", "json", "html", "xml", "yaml", "py", "js", "ts", "java" ->
          "text/plain";
      default -> "application/octet-stream";
    };
  }

  private void requirePictures(String param) {
    if (!model.can(Capability.IMAGES)) {
      throw Refusal.of(
          param,
          "unsupported_value",
          "Invalid content type. The model %s takes text only.".formatted(model.ref()));
    }
  }

  /** Bytes in a data URL. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Data(String type, byte[] bytes) {
    static Data parse(String url, String param) {
      int comma = url.indexOf(',');
      String head = comma < 0 ? "" : url.substring(0, comma);
      if (!head.startsWith("data:") || !head.endsWith(";base64")) {
        throw Refusal.value(param, url, "a URL such as data:image/png;base64,…");
      }
      try {
        byte[] bytes = Base64.getMimeDecoder().decode(url.substring(comma + 1));
        if (bytes.length > MAX_FILE) {
          throw Refusal.value(param, bytes.length + " bytes", "at most %,d".formatted(MAX_FILE));
        }
        String type = head.substring("data:".length(), head.length() - ";base64".length());
        return new Data(type.split(";", 2)[0].toLowerCase(Locale.ROOT), bytes);
      } catch (IllegalArgumentException e) {
        throw Refusal.value(param, url, "data in base64");
      }
    }

    JsonNode source() {
      return Json.object()
          .put("type", "base64")
          .put("media_type", type)
          .put("data", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
