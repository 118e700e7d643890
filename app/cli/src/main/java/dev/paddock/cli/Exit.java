package dev.paddock.cli;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;

/** The exit codes of every command. */
final class Exit {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int MISSING_PART = 3;
  static final int INTERRUPTED = 130;

  private Exit() {}

  static int of(PaddockException e) {
    return of(e.code());
  }

  private static int of(ErrorCode code) {
    return switch (code) {
      case INVALID_REQUEST,
          NOT_FOUND,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          READ_ONLY,
          NEWER_VERSION,
          CORRUPT ->
          USAGE;
      case ISOLATION_MISSING, PART_MISSING -> MISSING_PART;
      case CANCELLED -> INTERRUPTED;
      case CONFLICT,
          LIMIT_EXCEEDED,
          DISK_FULL,
          CONTENT_REFUSED,
          RATE_LIMITED,
          OVERLOADED,
          UNAVAILABLE,
          TIMEOUT,
          BUSY,
          INTERNAL ->
          FAILED;
    };
  }
}
