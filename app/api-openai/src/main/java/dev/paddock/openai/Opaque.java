package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.server.spi.ServerException;
import java.util.Base64;

/**
 * What stands in {@code encrypted_content}: something to send back and not to look into. It is
 * encoded, not encrypted; a client that alters it alters only what its own model is told.
 */
final class Opaque {
  private static final String MARK = "pdk1.";

  private Opaque() {}

  static String state(ProviderState state) {
    ObjectNode out = Json.object().put("provider", state.provider());
    out.set("state", state.value());
    return encode(out);
  }

  static ProviderState state(String param, String text) {
    ObjectNode read = decode(param, text);
    if (!read.path("provider").isTextual() || !read.path("state").isContainerNode()) {
      throw unreadable(param);
    }
    return new ProviderState(read.path("provider").textValue(), read.path("state"));
  }

  static String summary(String text) {
    return encode(Json.object().put("summary", text));
  }

  static String summary(String param, String text) {
    ObjectNode read = decode(param, text);
    if (!read.path("summary").isTextual()) {
      throw unreadable(param);
    }
    return read.path("summary").textValue();
  }

  private static String encode(ObjectNode value) {
    return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
  }

  private static ObjectNode decode(String param, String text) {
    try {
      if (text.startsWith(MARK)) {
        byte[] json = Base64.getUrlDecoder().decode(text.substring(MARK.length()));
        return Json.read(json, ObjectNode.class);
      }
    } catch (IllegalArgumentException | CoreException e) {
      throw unreadable(param);
    }
    throw unreadable(param);
  }

  private static ServerException unreadable(String param) {
    return Refusal.of(
        param,
        "invalid_encrypted_content",
        "The encrypted content of '%s' could not be read; send it back as it was given, or leave it out."
            .formatted(param));
  }
}
