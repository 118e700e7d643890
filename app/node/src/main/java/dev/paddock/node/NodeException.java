package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A wrong setting, or a task that cannot start. */
public final class NodeException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public NodeException(ErrorCode code, String message) {
    super(code, message);
  }

  public NodeException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
