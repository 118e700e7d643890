package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A rule that cannot be read, an address that must not be dialled, a proxy that cannot start. */
public final class EgressException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public EgressException(ErrorCode code, String message) {
    super(code, message);
  }

  public EgressException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  static EgressException invalid(String message) {
    return new EgressException(ErrorCode.INVALID_REQUEST, message);
  }
}
