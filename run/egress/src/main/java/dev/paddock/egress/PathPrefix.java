package dev.paddock.egress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The beginning of a path, in whole segments: {@code /api} holds for {@code /api} and {@code
 * /api/x}, not for {@code /apix}. Paths are compared decoded; one that servers read differently
 * (dot segments, encoded slashes, empty segments) is under no prefix but {@code /}.
 */
public record PathPrefix(String text) {
  public PathPrefix {
    if (!text.startsWith("/") || decoded(strip(text)).isEmpty()) {
      throw EgressException.invalid(
          "a path prefix starts with / and has no //, dot segments or encoded slashes: "
              + Text.quoted(text));
    }
  }

  boolean matches(String path) {
    String prefix = strip(text);
    if (prefix.isEmpty()) {
      return true;
    }
    Optional<String> wanted = decoded(path);
    String base = decoded(prefix).orElseThrow();
    return wanted.filter(p -> p.equals(base) || p.startsWith(base + "/")).isPresent();
  }

  private static String strip(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** A path without escapes, if it means the same to every server. */
  private static Optional<String> decoded(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        int value = i + 2 < path.length() ? hex(path.charAt(i + 1), path.charAt(i + 2)) : -1;
        if (value < ' ' || value == '/' || value == '\\' || value == '%' || value == 127) {
          return Optional.empty();
        }
        bytes.write(value);
        i += 2;
      } else if (c <= ' ' || c == '\\' || c >= 127) {
        return Optional.empty();
      } else {
        bytes.write(c);
      }
    }
    String decoded = bytes.toString(StandardCharsets.ISO_8859_1);
    String[] segments = decoded.split("/", -1);
    for (int i = 1; i < segments.length; i++) {
      String name = segments[i].replaceFirst(";.*", "");
      boolean last = i == segments.length - 1;
      if (name.equals(".") || name.equals("..") || (name.isEmpty() && !last)) {
        return Optional.empty();
      }
    }
    return Optional.of(decoded);
  }

  private static int hex(char high, char low) {
    int value = Character.digit(high, 16) * 16 + Character.digit(low, 16);
    return Character.digit(high, 16) < 0 || Character.digit(low, 16) < 0 ? -1 : value;
  }
}
