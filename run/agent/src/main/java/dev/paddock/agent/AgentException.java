package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent's folder that cannot be used, or a session that cannot be run. */
public final class AgentException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public AgentException(ErrorCode code, String message) {
    super(code, message);
  }

  public AgentException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /** Every violation on a line of its own. */
  static AgentException invalid(List<String> problems) {
    return new AgentException(ErrorCode.INVALID_REQUEST, String.join("\n", problems));
  }
}
