package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.SessionRecord;
import java.util.Optional;

/** What a session's document says of the interaction that it is. */
record InteractionMark(ObjectNode node) {
  static final String KEY = "interaction";

  private static final long LONGEST_INPUT = 64L << 20;

  static boolean isOn(SessionRecord session) {
    return session.document().path(KEY).isObject();
  }

  static InteractionMark of(SessionRecord session) {
    return new InteractionMark((ObjectNode) session.document().path(KEY));
  }

  /** How many events its log began with. */
  long history() {
    return node.path("history").asLong();
  }

  boolean summaries() {
    return node.path("summaries").asBoolean(true);
  }

  /** Whether it can be asked for after its end. */
  boolean isKept() {
    return node.path("kept").asText().equals("yes");
  }

  boolean background() {
    return node.path("background").asBoolean();
  }

  Optional<String> environment() {
    return Optional.ofNullable(node.path("environment_id").textValue());
  }

  /** The fields of the request that answers repeat. */
  JsonNode request() {
    return node.path("request");
  }

  Optional<JsonNode> input(Blobs blobs) {
    if (node.has("input")) {
      return Optional.of(node.get("input"));
    }
    return Optional.ofNullable(node.path("input_sha256").textValue())
        .flatMap(sha256 -> blobs.read(sha256, LONGEST_INPUT))
        .map(bytes -> Json.read(bytes, JsonNode.class));
  }
}
