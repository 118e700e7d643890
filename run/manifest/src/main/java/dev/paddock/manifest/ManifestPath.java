package dev.paddock.manifest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Paths of a manifest and of what it names: relative, with {@code /}, and never upwards. */
final class ManifestPath {
  static final int MAX_NAME = 255;
  static final int MAX_PATH = 3_000;
  static final int MAX_DEPTH = 64;

  private ManifestPath() {}

  /**
   * The path in one form.
   *
   * @param field where it stands, for the message
   */
  static String normal(String field, String path) {
    if (path.startsWith("/") || path.matches("[A-Za-z]:[\\\\/].*")) {
      throw wrong(field, path, "is absolute; write a path relative to the workspace");
    }
    List<String> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(checked(field, path, name));
      }
    }
    if (names.isEmpty()) {
      throw wrong(field, path, "names nothing below the workspace");
    }
    if (names.size() > MAX_DEPTH) {
      throw wrong(field, path, "lies deeper than %d folders".formatted(MAX_DEPTH));
    }
    return String.join("/", names);
  }

  private static String checked(String field, String path, String name) {
    if (name.equals("..")) {
      throw wrong(field, path, "leads upwards with \"..\"");
    }
    if (name.indexOf('\\') >= 0) {
      throw wrong(field, path, "has a backslash; separate names with \"/\"");
    }
    if (name.codePoints().anyMatch(ManifestPath::unsafe)) {
      throw wrong(field, path, "has a control character, or half a surrogate pair");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
      throw wrong(field, path, "has a name of more than %d bytes".formatted(MAX_NAME));
    }
    return name;
  }

  private static boolean unsafe(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
    };
  }

  /** A path that may also be written from the workspace's root. */
  static String inWorkspace(String field, String path) {
    String root = WorkspaceManifest.ROOT + "/";
    return normal(field, path.startsWith(root) ? path.substring(root.length()) : path);
  }

  static ManifestException wrong(String field, String path, String what) {
    return ManifestException.wrong(field, "\"%s\" %s".formatted(Fields.shown(path), what));
  }

  static String join(String folder, String path) {
    return folder.isEmpty() ? path : folder + "/" + path;
  }

  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  static int depth(String path) {
    return 1 + (int) path.chars().filter(c -> c == '/').count();
  }
}
