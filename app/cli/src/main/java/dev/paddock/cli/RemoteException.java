package dev.paddock.cli;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A server that cannot be asked, or its answer to what it does not do. */
final class RemoteException extends PaddockException {
  private static final long serialVersionUID = 1L;

  RemoteException(ErrorCode code, String message) {
    super(code, message);
  }

  RemoteException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
