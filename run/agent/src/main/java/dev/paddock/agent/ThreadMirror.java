package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a thread's log means for the log above it: its status, the calls that wait for an answer,
 * and the answers to what it was asked. It is told from both logs alone, so that told again it adds
 * nothing.
 */
final class ThreadMirror {
  private final SessionState above;
  private final Delegations delegations;
  private final SessionId thread;
  private final List<LogEntry> log;
  private final List<SessionEvent> events = new ArrayList<>();
  private boolean running;
  private SessionState told = SessionState.EMPTY;

  private ThreadMirror(
      SessionState above, Delegations delegations, SessionId thread, List<LogEntry> log) {
    this.above = above;
    this.delegations = delegations;
    this.thread = thread;
    this.log = log;
    this.running = delegations.running().contains(thread.threadId());
  }

  /**
   * @param log the thread's own, whole
   */
  static List<SessionEvent> events(
      SessionState above, Delegations delegations, SessionId thread, List<LogEntry> log) {
    return new ThreadMirror(above, delegations, thread, log).events();
  }

  private List<SessionEvent> events() {
    long seen = delegations.seen().getOrDefault(thread.threadId(), 0L);
    SessionState state = SessionState.EMPTY;
    for (LogEntry entry : log) {
      state = state.apply(entry);
      if (entry.sequence() <= seen) {
        told = state;
        continue;
      }
      switch (entry.event()) {
        case SessionEvent.StatusRunning ignored -> {
          if (!running) {
            changed(Delegations.RUNNING, state, Json.object());
          }
          running = true;
        }
        case SessionEvent.StatusRescheduled ignored ->
            changed(Delegations.RESCHEDULED, state, Json.object());
        case SessionEvent.StatusIdle idle -> {
          running = false;
          idle(idle, state);
        }
        case SessionEvent.StatusTerminated ignored -> {
          answer(state, ToolResult.error("The thread was ended."));
          changed(Delegations.TERMINATED, state, Json.object());
        }
        default -> {}
      }
    }
    return events;
  }

  private void idle(SessionEvent.StatusIdle idle, SessionState state) {
    switch (idle.stopReason()) {
      case StopReason.RequiresAction waiting ->
          waiting.eventIds().stream()
              .flatMap(id -> Optional.ofNullable(state.openCalls().get(id)).stream())
              .filter(call -> !above.threadCalls().containsKey(call.id()))
              .forEach(call -> events.add(posted(call)));
      case StopReason.EndTurn ignored -> answer(state, ended(state));
      case StopReason.Refusal ignored -> answer(state, failed(state, "It refused."));
      case StopReason.BudgetReached ignored ->
          answer(state, failed(state, "Its budget is used up."));
      case StopReason.RetriesExhausted ignored -> answer(state, failed(state, lastError(state)));
    }
    ObjectNode fields = Json.object();
    fields.set("stop_reason", Json.tree(idle.stopReason()));
    idle.stopDetails().ifPresent(details -> fields.set("stop_details", details));
    changed(Delegations.IDLE, state, fields);
  }

  private void changed(String type, SessionState state, ObjectNode fields) {
    fields.put("agent_name", agent());
    fields.put(Delegations.SEQUENCE, state.sequence());
    fields.set("model_usage", Json.tree(minus(state.usage(), told.usage())));
    fields.put("cost_usd", state.costUsd() - told.costUsd());
    told = state;
    events.add(new SessionEvent.ThreadChanged(EventId.next(), type, thread.threadId(), fields));
  }

  private static Usage minus(Usage all, Usage before) {
    return new Usage(
        all.inputTokens() - before.inputTokens(),
        all.outputTokens() - before.outputTokens(),
        all.cacheReadTokens() - before.cacheReadTokens(),
        all.cacheCreationTokens() - before.cacheCreationTokens());
  }

  private SessionEvent posted(SessionEvent.Call call) {
    Optional<String> here = Optional.of(thread.threadId());
    return switch (call) {
      case SessionEvent.AgentToolUse e ->
          new SessionEvent.AgentToolUse(
              e.id(), e.name(), e.input(), e.evaluatedPermission(), e.evaluation(), here);
      case SessionEvent.AgentMcpToolUse e ->
          new SessionEvent.AgentMcpToolUse(
              e.id(),
              e.serverName(),
              e.name(),
              e.input(),
              e.evaluatedPermission(),
              e.evaluation(),
              here);
      case SessionEvent.AgentCustomToolUse e ->
          new SessionEvent.AgentCustomToolUse(e.id(), e.name(), e.input(), here);
    };
  }

  /** Answers every call above whose message the thread had read by now. */
  private void answer(SessionState state, ToolResult result) {
    for (LogEntry entry : log.subList(0, Math.toIntExact(state.sequence()))) {
      if (!(entry.event() instanceof SessionEvent.AgentThreadMessageReceived received)
          || state.inbox().contains(received.id())) {
        continue;
      }
      SessionEvent.Call call = received.callId().map(above.openCalls()::get).orElse(null);
      if (call != null && events.stream().noneMatch(event -> answers(event, call.id()))) {
        events.add(
            new SessionEvent.AgentThreadMessageReceived(
                EventId.next(),
                thread.threadId(),
                Optional.of(agent()),
                result.content(),
                Optional.of(call.id())));
        events.add(CallResults.event(call, named(result)));
      }
    }
  }

  private static boolean answers(SessionEvent event, EventId call) {
    return event instanceof SessionEvent.Result result && result.callId().equals(call);
  }

  private ToolResult named(ToolResult result) {
    List<ContentBlock> content = new ArrayList<>(result.content());
    content.add(ContentBlock.text("[thread %s of %s]".formatted(thread.threadId(), agent())));
    return new ToolResult(content, result.isError());
  }

  /** The thread's last words since it was last asked something. */
  private ToolResult ended(SessionState state) {
    Optional<String> said = Optional.empty();
    boolean interrupted = false;
    for (LogEntry entry : log.subList(0, Math.toIntExact(state.sequence()))) {
      switch (entry.event()) {
        case SessionEvent.AgentThreadMessageReceived ignored -> {
          said = Optional.empty();
          interrupted = false;
        }
        case SessionEvent.AgentMessage e -> said = Optional.of(ContentBlock.textOf(e.content()));
        case SessionEvent.UserInterrupt ignored -> interrupted = true;
        default -> {}
      }
    }
    if (interrupted) {
      return failed(state, "It was interrupted.");
    }
    return ToolResult.ok(said.orElse("(no answer)"));
  }

  private ToolResult failed(SessionState state, String why) {
    String said =
        log.subList(0, Math.toIntExact(state.sequence())).reversed().stream()
            .map(LogEntry::event)
            .takeWhile(event -> !(event instanceof SessionEvent.AgentThreadMessageReceived))
            .filter(SessionEvent.AgentMessage.class::isInstance)
            .findFirst()
            .map(event -> ContentBlock.textOf(((SessionEvent.AgentMessage) event).content()))
            .map(text -> " Its last words: " + text)
            .orElse("");
    return ToolResult.error("The agent %s did not finish. %s%s".formatted(agent(), why, said));
  }

  private String lastError(SessionState state) {
    return log.subList(0, Math.toIntExact(state.sequence())).reversed().stream()
        .map(LogEntry::event)
        .filter(SessionEvent.SessionError.class::isInstance)
        .findFirst()
        .map(event -> ((SessionEvent.SessionError) event).error().path("message").asText())
        .orElse("No reason was given.");
  }

  private String agent() {
    return delegations.agents().getOrDefault(thread.threadId(), "agent");
  }
}
