package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.server.spi.ServerException;

/** Text from outside. */
final class Texts {
  private static final int SHOWN = 64;

  private Texts() {}

  static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
  }

  /** Refuses U+0000, which no document of PostgreSQL can hold. The log can. */
  static void requireStorable(JsonNode node) {
    requireStorable(node, "");
  }

  private static void requireStorable(JsonNode node, String path) {
    if (node.isTextual()) {
      require(node.textValue(), path);
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              entry -> {
                String name = shortened(entry.getKey());
                String child = path.isEmpty() ? name : path + "." + name;
                require(entry.getKey(), child);
                requireStorable(entry.getValue(), child);
              });
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        requireStorable(node.get(i), "%s[%d]".formatted(path, i));
      }
    }
  }

  private static void require(String text, String path) {
    if (text.indexOf('\0') >= 0) {
      throw ServerException.invalid(path.replace('\0', '?'), "must not contain U+0000");
    }
  }
}
