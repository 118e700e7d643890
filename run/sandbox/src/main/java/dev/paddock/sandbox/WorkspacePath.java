package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A path as an agent writes it, in one form: relative to {@code /workspace}, without {@code .} and
 * {@code ..}, or absolute where it lies elsewhere in the box.
 */
final class WorkspacePath {
  static final String ROOT = "/workspace";

  private WorkspacePath() {}

  /**
   * The absolute path in the box; {@code INVALID_REQUEST} where {@code ..} leads above the root.
   */
  static String absolute(String path) {
    PathText.decode(path);
    Deque<String> names = new ArrayDeque<>();
    String whole = path.startsWith("/") ? path : ROOT + "/" + path;
    for (String name : whole.split("/")) {
      if (name.equals("..")) {
        if (names.pollLast() == null) {
          throw outside(path);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return "/" + String.join("/", names);
  }

  /** Whether {@code path} is {@code folder} or lies in it; both absolute. */
  static boolean isIn(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }

  /** The part of {@code path} below {@code folder}, which it lies in. */
  static String below(String path, String folder) {
    return path.equals(folder) ? "" : path.substring(folder.length() + 1);
  }

  static String join(String folder, String path) {
    if (folder.isEmpty()) {
      return path;
    }
    return path.isEmpty() ? folder : folder + "/" + path;
  }

  /** As it is shown: relative where it lies in the workspace. */
  static String shown(String absolute) {
    if (absolute.equals(ROOT)) {
      return ".";
    }
    return isIn(absolute, ROOT) ? below(absolute, ROOT) : absolute;
  }

  static SandboxException outside(String path) {
    return new SandboxException(
        ErrorCode.PERMISSION_DENIED,
        "%s is outside the workspace; use a path below %s".formatted(path, ROOT));
  }
}
