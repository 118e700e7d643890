package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A store that cannot do what it was asked. */
public final class StoreException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public StoreException(ErrorCode code, String message) {
    super(code, message);
  }

  public StoreException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
