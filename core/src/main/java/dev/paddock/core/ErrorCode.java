package dev.paddock.core;

/** What kind of failure it is, in words that a program can switch on. */
public enum ErrorCode {
  INVALID_REQUEST(false),
  NOT_FOUND(false),
  CONFLICT(false),
  PERMISSION_DENIED(false),
  UNAUTHENTICATED(false),
  LIMIT_EXCEEDED(false),
  ISOLATION_MISSING(false),
  PART_MISSING(false),
  NEWER_VERSION(false),
  CORRUPT(false),
  READ_ONLY(false),
  DISK_FULL(false),
  CANCELLED(false),
  CONTENT_REFUSED(false),
  RATE_LIMITED(true),
  OVERLOADED(true),
  UNAVAILABLE(true),
  TIMEOUT(true),
  BUSY(true),
  INTERNAL(false);

  private final boolean retryable;

  ErrorCode(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same request may succeed later without a change. */
  public boolean retryable() {
    return retryable;
  }
}
