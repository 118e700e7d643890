package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;

/** Up to 16 pairs of text that a caller attaches to what it stores. */
final class Metadata {
  private static final int MAX_PAIRS = 16;
  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 512;

  private Metadata() {}

  static ObjectNode read(Fields body) {
    JsonNode node = body.node("metadata").orElseGet(Json::object);
    if (!(node instanceof ObjectNode pairs)) {
      throw Refusal.type("metadata", "an object", node);
    }
    if (pairs.size() > MAX_PAIRS) {
      throw Refusal.value(
          "metadata", pairs.size() + " pairs", "at most %d pairs".formatted(MAX_PAIRS));
    }
    pairs
        .properties()
        .forEach(
            pair -> {
              String param = "metadata." + Refusal.shown(pair.getKey());
              if (pair.getKey().length() > MAX_KEY) {
                throw Refusal.value(param, pair.getKey(), "a key of at most 64 characters");
              }
              if (!pair.getValue().isTextual()) {
                throw Refusal.type(param, "a string", pair.getValue());
              }
              if (pair.getValue().textValue().length() > MAX_VALUE) {
                throw Refusal.value(param, pair.getValue().textValue(), "at most 512 characters");
              }
            });
    return pairs;
  }
}
