package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.spi.Blobs;
import java.nio.charset.StandardCharsets;

/** A memory or a version of one, with its content or without. */
final class MemoryView {
  private static final int MAX_FULL = 20;
  private static final long MAX_BYTES = 1 << 20;

  private MemoryView() {}

  static boolean full(Query query, boolean usual) {
    return query.word("view", "basic", "full").map(view -> view.equals("full")).orElse(usual);
  }

  /** A page with content is short. */
  static int limit(Query query, boolean full) {
    return full ? Math.min(MAX_FULL, query.limit()) : query.limit();
  }

  static ObjectNode of(JsonNode document, boolean full, Blobs blobs) {
    ObjectNode wire = document.deepCopy();
    wire.putNull("content");
    JsonNode sha256 = document.path("content_sha256");
    if (full && sha256.isTextual()) {
      blobs
          .read(sha256.textValue(), MAX_BYTES)
          .ifPresent(bytes -> wire.put("content", new String(bytes, StandardCharsets.UTF_8)));
    }
    return wire;
  }
}
