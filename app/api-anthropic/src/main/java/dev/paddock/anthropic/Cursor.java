package dev.paddock.anthropic;

import dev.paddock.server.spi.ServerException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A place in a list: after or before the item with this key. Clients hand it back unread.
 *
 * @param key an id, a sequence or a path
 */
record Cursor(boolean backwards, String key) {
  private static final int MAX_LENGTH = 4096;

  static Cursor after(String key) {
    return new Cursor(false, key);
  }

  static Cursor before(String key) {
    return new Cursor(true, key);
  }

  static Cursor parse(String text) {
    if (text.length() <= MAX_LENGTH) {
      try {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        if (plain.startsWith("n:") || plain.startsWith("p:")) {
          return new Cursor(plain.startsWith("p:"), plain.substring(2));
        }
      } catch (IllegalArgumentException e) {
        throw invalid();
      }
    }
    throw invalid();
  }

  /** The key as an id; what cannot be one was not given out by this API. */
  String id() {
    if (!key.matches("[A-Za-z0-9_.-]{1,260}")) {
      throw invalid();
    }
    return key;
  }

  long number() {
    try {
      return Long.parseLong(key);
    } catch (NumberFormatException e) {
      throw invalid();
    }
  }

  static ServerException invalid() {
    return ServerException.invalid("page", "is no page of this list; take next_page of an answer");
  }

  @Override
  public String toString() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(((backwards ? "p:" : "n:") + key).getBytes(StandardCharsets.UTF_8));
  }
}
