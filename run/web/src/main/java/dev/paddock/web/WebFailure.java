package dev.paddock.web;

import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.ToolResult;

/** Which failures are the model's to react to: all but those of Paddock itself. */
final class WebFailure {
  private WebFailure() {}

  static ToolResult result(PaddockException e) {
    return switch (e.code()) {
      case INVALID_REQUEST,
          NOT_FOUND,
          CONFLICT,
          PERMISSION_DENIED,
          LIMIT_EXCEEDED,
          TIMEOUT,
          CONTENT_REFUSED,
          RATE_LIMITED,
          OVERLOADED,
          UNAVAILABLE,
          UNAUTHENTICATED ->
          ToolResult.error(e.getMessage());
      case READ_ONLY,
          DISK_FULL,
          ISOLATION_MISSING,
          PART_MISSING,
          NEWER_VERSION,
          CORRUPT,
          CANCELLED,
          BUSY,
          INTERNAL ->
          throw e;
    };
  }
}
