package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an interaction's log amounts to so far; the conversation before it is left out. */
final class InteractionState {
  private final boolean summaries;
  private final long history;
  private final List<Step> steps = new ArrayList<>();
  private final Map<EventId, SessionEvent.Call> calls = new HashMap<>();
  private final ArrayNode errors = Json.mapper().createArrayNode();
  private Status status = Status.IN_PROGRESS;
  private boolean began;
  private boolean interrupted;
  private boolean hasVoid;
  private Optional<EventId> request = Optional.empty();
  private Optional<String> lastStop = Optional.empty();
  private Optional<Usage> firstUsage = Optional.empty();
  private Usage usage = Usage.NONE;
  private long sequence;
  private Optional<Instant> changed = Optional.empty();

  /** Where an interaction stands, in the API's words. */
  enum Status {
    IN_PROGRESS("in_progress"),
    REQUIRES_ACTION("requires_action"),
    COMPLETED("completed"),
    FAILED("failed"),
    CANCELLED("cancelled"),
    INCOMPLETE("incomplete"),
    BUDGET_EXCEEDED("budget_exceeded");

    final String word;

    Status(String word) {
      this.word = word;
    }
  }

  /**
   * @param history how many events the log began with: what was said before, and what was asked
   * @param summaries whether thoughts are shown
   */
  InteractionState(long history, boolean summaries) {
    this.history = history;
    this.summaries = summaries;
  }

  void apply(LogEntry entry) {
    sequence = entry.sequence();
    if (entry.event() instanceof SessionEvent.Call call) {
      calls.put(call.id(), call);
    }
    if (entry.sequence() <= history) {
      return;
    }
    changed = Optional.of(entry.recordedAt());
    boolean ours = entry.principal().equals(Principal.SYSTEM);
    switch (entry.event()) {
      case SessionEvent.StatusRunning ignored -> {
        began = true;
        status = Status.IN_PROGRESS;
      }
      case SessionEvent.ModelRequestStart start -> request = Optional.of(start.id());
      case SessionEvent.ModelRequestEnd end -> ended(end);
      case SessionEvent.AgentThinking thinking -> steps.add(Step.thought(thinking, summaries));
      case SessionEvent.AgentMessage message -> steps.add(Step.output(message));
      case SessionEvent.Call call -> steps.add(Step.call(call));
      case SessionEvent.Result result when ours -> {
        SessionEvent.Call call = calls.get(result.callId());
        if (call != null) {
          steps.add(Step.result(result, call));
        }
      }
      case SessionEvent.SystemMessage message when ours -> steps.add(Step.reminder(message));
      case SessionEvent.UserInterrupt ignored -> interrupted = true;
      case SessionEvent.SessionError error -> error(error);
      case SessionEvent.StatusIdle idle -> status = rested(idle.stopReason());
      case SessionEvent.StatusTerminated ignored -> status = Status.CANCELLED;
      default -> {}
    }
  }

  private void ended(SessionEvent.ModelRequestEnd end) {
    request = Optional.empty();
    usage = usage.plus(end.usage());
    if (end.isError()) {
      hasVoid = true;
    } else {
      lastStop = end.stop();
      firstUsage = firstUsage.or(() -> Optional.of(end.usage()));
    }
  }

  private void error(SessionEvent.SessionError event) {
    if (event.error().path("retry_status").path("type").asText().equals("exhausted")) {
      errors.add(
          Json.object()
              .put("code", event.error().path("code").asText(event.error().path("type").asText()))
              .put("message", event.error().path("message").asText()));
    }
  }

  private Status rested(StopReason reason) {
    return switch (reason) {
      case StopReason.EndTurn ignored -> {
        if (interrupted) {
          yield Status.CANCELLED;
        }
        yield lastStop.equals(Optional.of("max_tokens")) ? Status.INCOMPLETE : Status.COMPLETED;
      }
      case StopReason.RequiresAction ignored -> Status.REQUIRES_ACTION;
      case StopReason.RetriesExhausted ignored -> Status.FAILED;
      case StopReason.BudgetReached ignored -> Status.BUDGET_EXCEEDED;
      case StopReason.Refusal ignored -> {
        errors.add(Json.object().put("code", "refusal").put("message", "The model refused."));
        yield Status.FAILED;
      }
    };
  }

  List<Step> steps() {
    return Collections.unmodifiableList(steps);
  }

  Status status() {
    return status;
  }

  boolean isFinal() {
    return status != Status.IN_PROGRESS;
  }

  /** Whether it was ever taken up. */
  boolean began() {
    return began;
  }

  /** Whether a stream may have told steps that never came to be. */
  boolean hasVoid() {
    return hasVoid;
  }

  /** The request that the model is answering. */
  Optional<EventId> request() {
    return request;
  }

  boolean showsThoughts() {
    return summaries;
  }

  ArrayNode errors() {
    return errors;
  }

  long sequence() {
    return sequence;
  }

  Optional<Instant> changed() {
    return changed;
  }

  ObjectNode usage() {
    long cached = usage.cacheReadTokens();
    ObjectNode out = Json.object();
    out.put("total_input_tokens", input(usage));
    out.put("total_output_tokens", usage.outputTokens());
    out.put("total_cached_tokens", cached);
    out.put("total_thought_tokens", 0);
    out.put("total_tool_use_tokens", 0);
    out.put("total_tokens", usage.total());
    firstUsage.ifPresent(first -> out.put("initial_input_tokens", input(first)));
    return out;
  }

  private static long input(Usage usage) {
    return usage.inputTokens() + usage.cacheReadTokens() + usage.cacheCreationTokens();
  }
}
