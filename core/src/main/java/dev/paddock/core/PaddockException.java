package dev.paddock.core;

import org.jspecify.annotations.Nullable;

/**
 * The root of each module's one exception; the message says what was wrong, where, and what to do.
 */
public abstract class PaddockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  protected PaddockException(ErrorCode code, String message) {
    this(code, message, null);
  }

  protected PaddockException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  public boolean retryable() {
    return code.retryable();
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? code.name() : message;
  }
}
