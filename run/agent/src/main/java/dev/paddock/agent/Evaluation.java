package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.ToolPolicy;
import java.util.Optional;

/**
 * What a policy said of a call, as it stands in the log, and what may happen to the call by it:
 * {@code {type, reason, input}}; without a type no policy was asked, the call was not open.
 */
final class Evaluation {
  private Evaluation() {}

  static Optional<ObjectNode> of(
      ToolPolicy.Decision decision, Optional<CallJudge.Verdict> verdict) {
    ObjectNode out = Json.object();
    if (verdict.isPresent()) {
      out.put("type", "auto").set("evaluated_permission", verdict.get().evaluation());
      if (verdict.get().permission() == Permission.DENY) {
        out.put("reason", "The call was judged too risky and not run: " + verdict.get().reason());
      }
    } else {
      switch (decision.permission()) {
        case ALLOW -> out.put("type", "always_allow");
        case ASK -> out.put("type", "always_ask");
        case DENY -> {}
      }
    }
    decision.reason().ifPresent(reason -> out.put("reason", reason));
    decision.rewritten().ifPresent(input -> out.set("input", input));
    return out.isEmpty() ? Optional.empty() : Optional.of(out);
  }

  static String reason(SessionEvent.Call call) {
    return evaluation(call).path("reason").asText("The call is not allowed.");
  }

  /** What to run the call with. */
  static ObjectNode input(SessionEvent.Call call) {
    if (evaluation(call).get("input") instanceof ObjectNode rewritten) {
      return rewritten;
    }
    return call.input() instanceof ObjectNode input ? input : Json.object();
  }

  /** A call that the client runs is its own to allow. */
  static Permission permission(SessionEvent.Call call) {
    return switch (call) {
      case SessionEvent.AgentToolUse e -> e.evaluatedPermission();
      case SessionEvent.AgentMcpToolUse e -> e.evaluatedPermission();
      case SessionEvent.AgentCustomToolUse ignored -> Permission.ALLOW;
    };
  }

  /** Whether a client or a person has to answer before anything happens. */
  static boolean waits(SessionEvent.Call call, SessionState state) {
    return call instanceof SessionEvent.AgentCustomToolUse
        || (permission(call) == Permission.ASK && !state.confirmations().containsKey(call.id()));
  }

  /** Whether an open call may have run. */
  static boolean begun(SessionEvent.Call call, SessionState state) {
    return switch (permission(call)) {
      case ALLOW -> true;
      case DENY -> false;
      case ASK -> state.confirmations().containsKey(call.id());
    };
  }

  private static JsonNode evaluation(SessionEvent.Call call) {
    Optional<ObjectNode> stored =
        switch (call) {
          case SessionEvent.AgentToolUse e -> e.evaluation();
          case SessionEvent.AgentMcpToolUse e -> e.evaluation();
          case SessionEvent.AgentCustomToolUse ignored -> Optional.empty();
        };
    return stored.orElseGet(Json::object);
  }
}
