package dev.paddock.anthropic;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;

/** Paths of memories, such as {@code /projects/notes.md}. */
final class MemoryPath {
  private static final int MAX_BYTES = 1024;
  private static final int MAX_SEGMENTS = 20;

  private MemoryPath() {}

  static String read(Fields fields) {
    String path = fields.requiredText("path", MAX_BYTES);
    require(fields, path);
    return path;
  }

  private static void require(Fields fields, String path) {
    if (!path.startsWith("/")) {
      throw fields.invalid("path", "must start with /");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw fields.invalid("path", "must have at most %,d bytes".formatted(MAX_BYTES));
    }
    List<String> segments = List.of(path.substring(1).split("/", -1));
    if (segments.size() > MAX_SEGMENTS) {
      throw fields.invalid("path", "must have 1 to %d segments".formatted(MAX_SEGMENTS));
    }
    if (segments.stream().anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."))) {
      throw fields.invalid("path", "must not have empty segments, \".\" or \"..\"");
    }
    if (path.codePoints().anyMatch(MemoryPath::forbidden)) {
      throw fields.invalid("path", "must not contain control, format or separator characters");
    }
    if (!Normalizer.isNormalized(path, Normalizer.Form.NFC)) {
      throw fields.invalid("path", "must be in Unicode Normalization Form C");
    }
  }

  private static boolean forbidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  /** Whether one is the other, or a folder above it. */
  static boolean overlap(String one, String other) {
    return one.equals(other) || one.startsWith(other + "/") || other.startsWith(one + "/");
  }
}
