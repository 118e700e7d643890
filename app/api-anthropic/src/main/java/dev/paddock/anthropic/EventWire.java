package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.Usage;
import java.util.List;

/**
 * Events as answers show them. The log has them in the vendor's form already; what the API requires
 * beyond that is added here, and what is the log's own stays out.
 */
final class EventWire {
  private static final List<String> THREADS =
      List.of("session_thread_id", "to_session_thread_id", "from_session_thread_id");

  private EventWire() {}

  static ObjectNode of(LogEntry entry) {
    ObjectNode wire = (ObjectNode) Json.tree(entry.event());
    wire.put("processed_at", entry.recordedAt().toString());
    for (String key : THREADS) {
      if (wire.path(key).isTextual()) {
        wire.put(key, Ids.thread(wire.path(key).textValue()));
      }
    }
    switch (entry.event()) {
      case SessionEvent.AgentThinking ignored -> wire.remove("text");
      case SessionEvent.ModelRequestStart ignored -> wire.remove("request");
      case SessionEvent.ModelRequestEnd ignored -> wire.remove(List.of("provider_state", "trace"));
      case SessionEvent.StatusIdle ignored -> details(wire);
      case SessionEvent.ThreadChanged ignored -> thread(wire);
      case SessionEvent.SessionUpdated e -> {
        wire.remove("changes");
        wire.setAll((ObjectNode) (e.changes().isObject() ? e.changes() : Json.object()));
      }
      case SessionEvent.UserDefineOutcome e ->
          wire.put("max_iterations", e.maxIterations().orElse(null));
      case SessionEvent.OutcomeEvaluationEnd e -> verdict(wire, e);
      case SessionEvent.UserMessage ignored -> {}
      case SessionEvent.UserInterrupt ignored -> {}
      case SessionEvent.UserToolConfirmation ignored -> {}
      case SessionEvent.UserToolResult ignored -> {}
      case SessionEvent.UserCustomToolResult ignored -> {}
      case SessionEvent.SystemMessage ignored -> {}
      case SessionEvent.AgentMessage ignored -> {}
      case SessionEvent.AgentToolUse ignored -> {}
      case SessionEvent.AgentToolResult ignored -> {}
      case SessionEvent.AgentMcpToolUse ignored -> {}
      case SessionEvent.AgentMcpToolResult ignored -> {}
      case SessionEvent.AgentCustomToolUse ignored -> {}
      case SessionEvent.AgentThreadContextCompacted ignored -> {}
      case SessionEvent.AgentThreadMessageSent ignored -> {}
      case SessionEvent.AgentThreadMessageReceived ignored -> {}
      case SessionEvent.StatusRunning ignored -> {}
      case SessionEvent.StatusRescheduled ignored -> {}
      case SessionEvent.StatusTerminated ignored -> {}
      case SessionEvent.SessionError ignored -> {}
      case SessionEvent.SessionUsage ignored -> {}
      case SessionEvent.OutcomeEvaluationStart ignored -> {}
      case SessionEvent.OutcomeEvaluationOngoing ignored -> {}
      case SessionEvent.Notice ignored -> {}
      case SessionEvent.EgressRequest ignored -> {}
      case SessionEvent.PortPreview ignored -> {}
      case SessionEvent.Unknown ignored -> {}
    }
    return wire;
  }

  /** {@code stop_details} tells of a refusal only; null otherwise. */
  private static void details(ObjectNode wire) {
    JsonNode said = wire.path("stop_details");
    if (!wire.path("stop_reason").path("type").asText().equals("refusal")) {
      wire.putNull("stop_details");
      return;
    }
    ObjectNode details = wire.putObject("stop_details").put("type", "refusal");
    details.put("category", said.path("category").textValue());
    details.put("explanation", said.path("explanation").textValue());
  }

  private static void thread(ObjectNode wire) {
    wire.remove("sequence");
    if (!wire.has("agent_name")) {
      wire.put("agent_name", "");
    }
    switch (wire.path("type").asText()) {
      case "session.thread_created" -> wire.putNull("workflow_run_id");
      case "session.thread_status_idle" -> details(wire);
      default -> {
        // The other changes say no more.
      }
    }
  }

  private static void verdict(ObjectNode wire, SessionEvent.OutcomeEvaluationEnd end) {
    wire.put("explanation", end.explanation().orElse(""));
    wire.set("usage", Json.tree(end.usage().orElse(Usage.NONE)));
    wire.put("outcome_evaluation_start_id", end.startId().map(id -> id.value()).orElse(""));
  }
}
