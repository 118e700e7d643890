package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.provider.ModelException;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.ServerException;
import java.time.Duration;
import java.util.Optional;

/** What a client is told of a failure. */
final class Problems {
  private static final int MAX_MESSAGE = 4000;

  private Problems() {}

  /** What went wrong; of a failure of ours only the id by which the log knows it. */
  static Problem of(Throwable failure, String requestId) {
    if (!(failure instanceof PaddockException known)) {
      return internal(requestId);
    }
    int status = statusOf(known);
    if (status == 500) {
      return internal(requestId);
    }
    Optional<String> field = Optional.empty();
    Optional<String> detail = Optional.empty();
    Optional<Duration> retryAfter = Optional.empty();
    if (known instanceof ServerException server) {
      field = server.field();
      detail = server.detailCode();
    } else if (known instanceof ModelException model) {
      retryAfter = model.retryAfter();
    }
    String message = known.getMessage();
    return new Problem(
        status,
        known.code(),
        message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "…" : message,
        field,
        detail,
        retryAfter);
  }

  /** Whether the failure is one of ours, so that the log must say more than the client is told. */
  static boolean ours(Throwable failure) {
    return !(failure instanceof PaddockException known) || statusOf(known) == 500;
  }

  private static Problem internal(String requestId) {
    return new Problem(
        500,
        ErrorCode.INTERNAL,
        "internal error; the server's log tells more under " + requestId,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static int statusOf(PaddockException failure) {
    return failure instanceof ServerException server
        ? server.status().orElse(status(server.code()))
        : status(failure.code());
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case INVALID_REQUEST, CONTENT_REFUSED -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case LIMIT_EXCEEDED -> 413;
      case RATE_LIMITED -> 429;
      case CORRUPT, NEWER_VERSION, INTERNAL -> 500;
      case ISOLATION_MISSING,
          PART_MISSING,
          READ_ONLY,
          DISK_FULL,
          CANCELLED,
          OVERLOADED,
          UNAVAILABLE,
          BUSY ->
          503;
      case TIMEOUT -> 504;
    };
  }
}
