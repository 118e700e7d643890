package dev.paddock.gemini;

import dev.paddock.server.spi.ServerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Paths of an environment's files, relative to {@code /workspace}. */
final class FilePath {
  private static final String ROOT = "/workspace";
  private static final int LONGEST = 1024;
  private static final int LONGEST_NAME = 255;

  private FilePath() {}

  /** A file's or a folder's path in one form; empty for the workspace itself. */
  static String read(String path, String place) {
    String relative = path;
    if (path.equals(ROOT) || path.startsWith(ROOT + "/")) {
      relative = path.substring(ROOT.length());
    } else if (path.startsWith("/") && !path.equals("/")) {
      throw ServerException.invalid(
          place,
          "\"%s\" is outside of /workspace, where all files of an environment lie"
              .formatted(Fields.shown(path)));
    }
    List<String> names = new ArrayList<>();
    for (String name : relative.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(requireName(name, place));
      }
    }
    String read = String.join("/", names);
    if (bytes(read) > LONGEST) {
      throw ServerException.invalid(place, "is longer than %,d bytes".formatted(LONGEST));
    }
    return read;
  }

  /** A path that names something below the workspace. */
  static String ofFile(String path, String place) {
    String read = read(path, place);
    if (read.isEmpty() || path.endsWith("/")) {
      throw ServerException.invalid(place, "must name a file");
    }
    return read;
  }

  private static String requireName(String name, String place) {
    if (name.equals("..")) {
      throw ServerException.invalid(place, "must not hold ..");
    }
    boolean bad =
        name.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\' || c == '\uFFFD')
            || !StandardCharsets.UTF_8.newEncoder().canEncode(name);
    if (bad || bytes(name) > LONGEST_NAME) {
      throw ServerException.invalid(
          place,
          "a name has at most %d bytes, no backslash and no control characters"
              .formatted(LONGEST_NAME));
    }
    return name;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
