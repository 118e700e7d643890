package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionState;
import java.util.Optional;

/** Says before a call whether it may run, and after it what the model gets to see. */
public interface ToolPolicy {
  Decision before(SessionState state, ToolDefinition tool, ObjectNode input);

  default ToolResult after(ToolDefinition tool, ObjectNode input, ToolResult result) {
    return result;
  }

  /**
   * A decision.
   *
   * @param reason told to the model when denied, to the person when asked
   * @param rewritten the input to run with instead
   */
  record Decision(Permission permission, Optional<String> reason, Optional<ObjectNode> rewritten) {
    public static final Decision ALLOW =
        new Decision(Permission.ALLOW, Optional.empty(), Optional.empty());

    public static Decision deny(String reason) {
      return new Decision(Permission.DENY, Optional.of(reason), Optional.empty());
    }

    public static Decision ask(String reason) {
      return new Decision(Permission.ASK, Optional.of(reason), Optional.empty());
    }
  }
}
