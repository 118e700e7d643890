package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.server.spi.Request;
import java.io.IOException;

/** Bodies of requests. */
final class Bodies {
  private Bodies() {}

  /** The body as an object whose texts are Unicode: half a surrogate pair can be kept nowhere. */
  static ObjectNode json(Request http) throws IOException {
    ObjectNode body = http.json();
    requireUnicode(body, "");
    return body;
  }

  private static void requireUnicode(JsonNode node, String place) {
    if (node.isTextual()) {
      require(node.textValue(), place);
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        requireUnicode(node.get(i), "%s[%d]".formatted(place, i));
      }
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              field -> {
                require(field.getKey(), place);
                requireUnicode(
                    field.getValue(),
                    place.isEmpty() ? field.getKey() : place + "." + field.getKey());
              });
    }
  }

  private static void require(String text, String place) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          throw Refusal.of(
              Refusal.shown(place),
              "invalid_unicode",
              "'%s' holds half a surrogate pair, which is no Unicode text."
                  .formatted(Refusal.shown(place)));
        }
        i++;
      }
    }
  }
}
