package dev.paddock.sandbox;

import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.ToolResult;
import java.util.Optional;

/** Which failures are the model's to react to. */
final class ToolFailure {
  private ToolFailure() {}

  /** The result to give the model; empty where the sandbox or Paddock itself failed. */
  static Optional<ToolResult> result(PaddockException e) {
    return switch (e.code()) {
      case INVALID_REQUEST,
          NOT_FOUND,
          CONFLICT,
          PERMISSION_DENIED,
          LIMIT_EXCEEDED,
          READ_ONLY,
          DISK_FULL,
          TIMEOUT,
          CONTENT_REFUSED ->
          Optional.of(ToolResult.error(e.getMessage()));
      case UNAUTHENTICATED,
          ISOLATION_MISSING,
          PART_MISSING,
          NEWER_VERSION,
          CORRUPT,
          CANCELLED,
          RATE_LIMITED,
          OVERLOADED,
          UNAVAILABLE,
          BUSY,
          INTERNAL ->
          Optional.empty();
    };
  }
}
