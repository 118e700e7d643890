package dev.paddock.agent;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Optional;

/** Paths of memories, such as {@code /projects/notes.md}. */
public final class MemoryPath {
  public static final int MAX_BYTES = 1024;
  private static final int MAX_SEGMENTS = 20;

  private MemoryPath() {}

  /** What keeps a text from being a memory's path. */
  public static Optional<String> violation(String path) {
    if (!path.startsWith("/")) {
      return Optional.of("must start with /");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return Optional.of("must have at most %,d bytes".formatted(MAX_BYTES));
    }
    List<String> segments = List.of(path.substring(1).split("/", -1));
    if (segments.size() > MAX_SEGMENTS) {
      return Optional.of("must have 1 to %d segments".formatted(MAX_SEGMENTS));
    }
    if (segments.stream().anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."))) {
      return Optional.of("must not have empty segments, \".\" or \"..\"");
    }
    if (path.codePoints().anyMatch(MemoryPath::forbidden)) {
      return Optional.of("must not contain control, format or separator characters");
    }
    return Normalizer.isNormalized(path, Normalizer.Form.NFC)
        ? Optional.empty()
        : Optional.of("must be in Unicode Normalization Form C");
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
  public static boolean overlap(String one, String other) {
    return one.equals(other) || one.startsWith(other + "/") || other.startsWith(one + "/");
  }
}
