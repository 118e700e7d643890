package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;

/** What a failed file operation means to who asked for it. */
final class Failure {
  private Failure() {}

  static SandboxException of(String path, IOException e) {
    return switch (e) {
      case NotAFile n ->
          new SandboxException(ErrorCode.INVALID_REQUEST, path + ": " + n.getMessage(), n);
      case Errno errno -> of(path, errno);
      default ->
          new SandboxException(ErrorCode.INTERNAL, "%s: %s".formatted(path, e.getMessage()), e);
    };
  }

  private static SandboxException of(String path, Errno e) {
    if (e.is(Errno.EXDEV)) {
      return new SandboxException(
          ErrorCode.PERMISSION_DENIED,
          path + ": a link on this path leads outside the workspace, where nothing can be reached",
          e);
    }
    return new SandboxException(code(e), "%s: %s".formatted(path, e.text()), e);
  }

  private static ErrorCode code(Errno e) {
    return switch (e.number()) {
      case Errno.ENOENT -> ErrorCode.NOT_FOUND;
      case Errno.EPERM, Errno.EACCES -> ErrorCode.PERMISSION_DENIED;
      case Errno.EROFS -> ErrorCode.READ_ONLY;
      case Errno.ENOSPC, Errno.EDQUOT -> ErrorCode.DISK_FULL;
      case Errno.EFBIG -> ErrorCode.LIMIT_EXCEEDED;
      case Errno.ENOTDIR,
          Errno.EISDIR,
          Errno.EEXIST,
          Errno.ELOOP,
          Errno.ENAMETOOLONG,
          Errno.ENOTEMPTY ->
          ErrorCode.INVALID_REQUEST;
      case Errno.EMFILE, Errno.ENFILE, Errno.EAGAIN -> ErrorCode.UNAVAILABLE;
      default -> ErrorCode.INTERNAL;
    };
  }
}
