package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A sandbox that is missing, lost or misused. */
public final class SandboxException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public SandboxException(ErrorCode code, String message) {
    super(code, message);
  }

  public SandboxException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
