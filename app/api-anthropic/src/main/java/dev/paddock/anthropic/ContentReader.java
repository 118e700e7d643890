package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads content blocks. A file is taken into the message as it is now, so that the log holds what
 * the model was shown.
 */
final class ContentReader {
  private static final int MAX_BLOCKS = 256;
  private static final int MAX_TEXT = 16 << 20;
  private static final int MAX_BASE64 = 14_000_000;
  private static final int MAX_FILE = 10_000_000;
  private static final String[] IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"};

  private final Records records;
  private final Blobs blobs;
  private final Caller caller;

  ContentReader(Records records, Blobs blobs, Caller caller) {
    this.records = records;
    this.blobs = blobs;
    this.caller = caller;
  }

  List<ContentBlock> message(Fields event) {
    return blocks(event, "text", "image", "document");
  }

  List<ContentBlock> result(Fields event) {
    return blocks(event, "text", "image", "document", "search_result");
  }

  static List<ContentBlock> texts(Fields event) {
    List<ContentBlock> blocks = new ArrayList<>();
    for (Fields block : event.objects("content", MAX_BLOCKS)) {
      block.requiredWord("type", "text");
      blocks.add(text(block));
    }
    return blocks;
  }

  private List<ContentBlock> blocks(Fields event, String... types) {
    List<ContentBlock> blocks = new ArrayList<>();
    for (Fields block : event.objects("content", MAX_BLOCKS)) {
      blocks.add(
          switch (block.requiredWord("type", types)) {
            case "text" -> text(block);
            case "image" -> image(block);
            case "document" -> document(block);
            default -> searchResult(block);
          });
    }
    return blocks;
  }

  private static ContentBlock text(Fields block) {
    block.only("type", "text");
    return ContentBlock.text(block.requiredText("text", MAX_TEXT));
  }

  private ContentBlock image(Fields block) {
    block.only("type", "source");
    Fields source = block.requiredObject("source");
    return new ContentBlock.Image(
        switch (source.requiredWord("type", "base64", "url", "file")) {
          case "base64" -> base64(source, IMAGES);
          case "url" -> url(source);
          default -> {
            Resource file = file(source);
            String type = file.document().path("mime_type").asText();
            if (!List.of(IMAGES).contains(type)) {
              throw source.invalid(
                  "file_id", "the file is %s, no image that models take".formatted(type));
            }
            yield encoded(type, bytes(source, file, MAX_FILE));
          }
        });
  }

  private ContentBlock document(Fields block) {
    block.only("type", "source", "title", "context");
    Fields source = block.requiredObject("source");
    JsonNode read =
        switch (source.requiredWord("type", "base64", "text", "url", "file")) {
          case "base64" -> base64(source, "application/pdf", "text/plain");
          case "text" -> {
            source.only("type", "media_type", "data");
            source.requiredWord("media_type", "text/plain");
            yield plain(source.requiredText("data", MAX_TEXT));
          }
          case "url" -> url(source);
          default -> {
            Resource file = file(source);
            byte[] bytes = bytes(source, file, MAX_FILE);
            yield file.document().path("mime_type").asText().equals("application/pdf")
                ? encoded("application/pdf", bytes)
                : plain(text(source, bytes));
          }
        };
    return new ContentBlock.Document(
        read, block.text("title", 4096), block.text("context", 65_536));
  }

  private static ContentBlock searchResult(Fields block) {
    block.only("type", "source", "title", "content", "citations");
    List<JsonNode> content = new ArrayList<>();
    for (Fields part : block.objects("content", MAX_BLOCKS)) {
      part.only("type", "text");
      part.requiredWord("type", "text");
      part.requiredText("text", MAX_TEXT);
      content.add(part.json());
    }
    Optional<ObjectNode> citations =
        block
            .object("citations", "enabled")
            .map(sent -> Json.object().put("enabled", sent.bool("enabled").orElse(false)));
    return new ContentBlock.SearchResult(
        block.requiredText("source", 4096), block.requiredText("title", 4096), content, citations);
  }

  private static ObjectNode base64(Fields source, String... types) {
    source.only("type", "media_type", "data");
    String type = source.requiredWord("media_type", types);
    String data = source.requiredText("data", MAX_BASE64);
    try {
      if (Base64.getDecoder().decode(data).length == 0) {
        throw source.invalid("data", "is empty");
      }
    } catch (IllegalArgumentException e) {
      throw source.invalid("data", "is not base64: " + e.getMessage());
    }
    return Json.object().put("type", "base64").put("media_type", type).put("data", data);
  }

  private static ObjectNode url(Fields source) {
    source.only("type", "url");
    return Json.object().put("type", "url").put("url", McpServerWire.url(source, "url"));
  }

  private static ObjectNode plain(String text) {
    return Json.object().put("type", "text").put("media_type", "text/plain").put("data", text);
  }

  private static ObjectNode encoded(String type, byte[] bytes) {
    return Json.object()
        .put("type", "base64")
        .put("media_type", type)
        .put("data", Base64.getEncoder().encodeToString(bytes));
  }

  /** The text of the file that {@code file_id} names. */
  String fileText(Fields source, int max) {
    String text = text(source, bytes(source, file(source), max * 4L));
    if (text.isBlank() || text.length() > max) {
      throw source.invalid("file_id", "the file must have 1 to %,d characters".formatted(max));
    }
    return text;
  }

  private Resource file(Fields source) {
    source.only("type", "file_id");
    return records
        .find(caller, FilesResource.KIND, source.requiredText("file_id", 128))
        .filter(file -> !FilesResource.expired(file, records.clock()))
        .orElseThrow(() -> source.invalid("file_id", "there is no such file"));
  }

  private byte[] bytes(Fields source, Resource file, long max) {
    long size = file.document().path("size_bytes").asLong();
    if (size > max || size == 0) {
      throw source.invalid(
          "file_id", "the file has %,d bytes; 1 to %,d are possible here".formatted(size, max));
    }
    return blobs
        .read(file.document().path("sha256").asText(), max)
        .orElseThrow(() -> source.invalid("file_id", "the file's content is gone"));
  }

  private static String text(Fields source, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw source.invalid("file_id", "the file is no UTF-8 text");
    }
  }
}
