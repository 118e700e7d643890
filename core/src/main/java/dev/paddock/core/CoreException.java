package dev.paddock.core;

import org.jspecify.annotations.Nullable;

/** A malformed id, event or document. */
public final class CoreException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public CoreException(ErrorCode code, String message) {
    super(code, message);
  }

  public CoreException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
