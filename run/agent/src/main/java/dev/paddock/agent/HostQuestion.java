package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.ToolResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a sandbox may reach a host that its environment does not name: asked and answered like a
 * call that needs a confirmation, which stands in the log of the session and is no call of the
 * model's.
 */
public record HostQuestion(String host, int port) {
  /** The call by which a person is asked; no tool has its name. */
  public static final String CALL = "paddock_reach_host";

  /** The question of a call, if it is one; a model that makes up such a call asks nobody. */
  public static Optional<HostQuestion> of(SessionEvent.Call call) {
    return call.name().equals(CALL) && Evaluation.permission(call) == Permission.ASK
        ? Optional.of(
            new HostQuestion(call.input().path("host").asText(), call.input().path("port").asInt()))
        : Optional.empty();
  }

  public SessionEvent.AgentToolUse asked() {
    ObjectNode evaluation = Json.object().put("type", "always_ask");
    evaluation.put("reason", "%s is not on the environment's list of hosts".formatted(host));
    return new SessionEvent.AgentToolUse(
        EventId.next(),
        CALL,
        Json.object().put("host", host).put("port", port),
        Permission.ASK,
        Optional.of(evaluation));
  }

  /** What a log says of questions: answered ones, and those that still wait, by their calls. */
  public record Asked(Map<HostQuestion, Boolean> answers, Map<EventId, HostQuestion> open) {}

  /** A question that an interrupt closed was not answered. */
  public static Asked in(List<LogEntry> log) {
    Map<EventId, HostQuestion> open = new HashMap<>();
    Map<HostQuestion, Boolean> answers = new HashMap<>();
    for (LogEntry entry : log) {
      switch (entry.event()) {
        case SessionEvent.Call call -> of(call).ifPresent(asked -> open.put(call.id(), asked));
        case SessionEvent.UserToolConfirmation e ->
            Optional.ofNullable(open.remove(e.callId()))
                .ifPresent(asked -> answers.put(asked, e.result() == Permission.ALLOW));
        case SessionEvent.Result e -> open.remove(e.callId());
        default -> {}
      }
    }
    return new Asked(answers, open);
  }

  /** What closes the call when a person has answered. */
  static SessionEvent closed(SessionEvent.Call call, boolean allowed) {
    return CallResults.event(
        call, allowed ? ToolResult.ok("Allowed.") : ToolResult.error("Not allowed."));
  }
}
