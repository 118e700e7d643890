package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import java.io.IOException;
import java.nio.file.Path;
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

  static NodeException goneSession(SessionId id) {
    return new NodeException(ErrorCode.NOT_FOUND, "session %s is gone".formatted(id));
  }

  static NodeException cannotUse(Path path, IOException e) {
    return new NodeException(
        ErrorCode.READ_ONLY,
        "cannot use %s: %s; see whether the disk is full or read-only".formatted(path, e),
        e);
  }
}
