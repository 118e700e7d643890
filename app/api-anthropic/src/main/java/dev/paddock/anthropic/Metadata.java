package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.Map;
import java.util.Optional;

/** Key-value pairs of the client: at most 16, keys up to 64 characters, values up to 512. */
final class Metadata {
  private static final String KEY = "metadata";
  private static final int MAX_PAIRS = 16;
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUE = 512;

  private Metadata() {}

  static ObjectNode of(Fields fields) {
    ObjectNode bag = Json.object();
    fields.object(KEY).ifPresent(sent -> merge(bag, sent, false));
    return bag;
  }

  /**
   * What is stored after a patch: a string adds or replaces, null removes; empty when nothing was
   * sent.
   */
  static Optional<ObjectNode> patch(Fields fields, JsonNode stored) {
    return fields
        .object(KEY)
        .map(
            sent -> {
              ObjectNode bag = stored instanceof ObjectNode old ? old.deepCopy() : Json.object();
              merge(bag, sent, true);
              return bag;
            });
  }

  private static void merge(ObjectNode bag, Fields sent, boolean patch) {
    for (Map.Entry<String, JsonNode> entry : sent.json().properties()) {
      String name = entry.getKey();
      JsonNode value = entry.getValue();
      if (value.isNull() && patch) {
        bag.remove(name);
      } else {
        check(sent, name, value);
        bag.set(name, value);
      }
    }
    if (bag.size() > MAX_PAIRS) {
      throw invalid(sent.path(), "at most %d pairs".formatted(MAX_PAIRS));
    }
  }

  private static void check(Fields sent, String name, JsonNode value) {
    String path = sent.name(Texts.shortened(name));
    if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX_NAME) {
      throw invalid(path, "a key has 1 to %d characters".formatted(MAX_NAME));
    }
    if (!value.isTextual()) {
      throw invalid(path, "a value is a string");
    }
    if (value.textValue().codePointCount(0, value.textValue().length()) > MAX_VALUE) {
      throw invalid(path, "a value has at most %d characters".formatted(MAX_VALUE));
    }
  }

  private static ServerException invalid(String path, String message) {
    return ServerException.invalid(path, message).withDetailCode("invalid_metadata");
  }
}
