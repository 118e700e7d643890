package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.server.spi.ServerException;

/** Text from outside. */
final class Texts {
  private static final int SHOWN = 64;

  private Texts() {}

  static String shortened(String text) {
    return text.length() <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, SHOWN))) + "…";
  }

  /**
   * Refuses text that no store can hold: half a surrogate pair is no Unicode text, and U+0000 is
   * none in PostgreSQL.
   */
  static void requireWellFormed(JsonNode node) {
    requireWellFormed(node, "", false);
  }

  /** As {@link #requireWellFormed}, for what stands in the log, where U+0000 may. */
  static void requireUnicode(JsonNode node) {
    requireWellFormed(node, "", true);
  }

  private static void requireWellFormed(JsonNode node, String path, boolean nul) {
    if (node.isTextual()) {
      require(node.textValue(), path, nul);
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              entry -> {
                String child = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
                require(entry.getKey(), path.isEmpty() ? "body" : path, nul);
                requireWellFormed(entry.getValue(), child, nul);
              });
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        requireWellFormed(node.get(i), "%s[%d]".formatted(path, i), nul);
      }
    }
  }

  private static void require(String text, String path, boolean nul) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 && !nul) {
        throw ServerException.invalid(shortened(path), "must not contain U+0000");
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw ServerException.invalid(shortened(path), "contains half a surrogate pair");
      }
    }
  }
}
