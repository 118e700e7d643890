package dev.paddock.sandbox;

import java.util.Arrays;
import java.util.Optional;

/** Paths of an archive: each has one spelling, and none leads out. */
final class TarPath {
  private static final int MAX_NAME = 255;

  private TarPath() {}

  /** One spelling of a path below the top; empty for the top itself. */
  static Optional<String> of(byte[] raw, boolean folder) {
    requireNoZero(raw);
    if (raw.length > 0 && raw[0] == '/') {
      throw TreeWriter.hostile("the absolute path " + shown(raw));
    }
    int start = 0;
    while (start + 1 < raw.length && raw[start] == '.' && raw[start + 1] == '/') {
      start += 2;
    }
    int end = raw.length;
    if (folder && end > start && raw[end - 1] == '/') {
      end--;
    }
    byte[] path = Arrays.copyOfRange(raw, start, end);
    if (folder && (path.length == 0 || (path.length == 1 && path[0] == '.'))) {
      return Optional.empty();
    }
    if (path.length > PathText.MAX_BYTES) {
      throw TreeWriter.hostile("a path longer than %,d bytes".formatted(PathText.MAX_BYTES));
    }
    int at = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        requireName(path, at, i);
        at = i + 1;
      }
    }
    return Optional.of(PathText.encode(path));
  }

  private static void requireName(byte[] path, int from, int to) {
    int length = to - from;
    boolean dots =
        length <= 2
            && (length == 0 || (path[from] == '.' && (length == 1 || path[from + 1] == '.')));
    if (dots) {
      throw TreeWriter.hostile(
          "the path \"%s\", which is not plainly below the top".formatted(shown(path)));
    }
    if (length > MAX_NAME) {
      throw TreeWriter.hostile("a name longer than %d bytes".formatted(MAX_NAME));
    }
  }

  static void requireNoZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        throw TreeWriter.hostile("a name with a zero byte");
      }
    }
  }

  private static String shown(byte[] path) {
    String text = PathText.encode(path);
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
