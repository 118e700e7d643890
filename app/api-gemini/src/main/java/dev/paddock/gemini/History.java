package dev.paddock.gemini;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.CoreException;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The log that an interaction starts with: the conversation that it goes on with, then what is new.
 * It is a copy, so that each interaction is a session of its own and can be gone on with from any
 * point, more than once.
 */
final class History {
  /** What a model does not read of a log, or what the new session has of its own. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "user.interrupt",
          "user.tool_confirmation",
          "session.status_running",
          "session.status_rescheduled",
          "session.status_terminated",
          "session.error",
          "session.updated",
          "session.usage",
          "paddock.notice",
          "paddock.egress_request",
          "paddock.preview");

  private final Principal principal;
  private final List<NewEvent> events = new ArrayList<>();
  private final Map<EventId, SessionEvent.Call> open = new LinkedHashMap<>();
  private final Map<String, EventId> told = new HashMap<>();
  private final List<SessionEvent> turn = new ArrayList<>();

  History(Principal principal) {
    this.principal = principal;
  }

  /** Goes on with what stands in another session's log. */
  void copy(List<LogEntry> log) {
    Set<EventId> failed = failedRequests(log);
    for (LogEntry entry : log) {
      switch (entry.event()) {
        case SessionEvent.ModelRequestStart start when failed.contains(start.id()) -> {}
        case SessionEvent.ModelRequestEnd end when failed.contains(end.startId()) -> {}
        case SessionEvent.ModelRequestEnd end -> add(entry, uncounted(end));
        default -> {
          if (!LEFT_OUT.contains(entry.event().type())) {
            add(entry, entry.event());
          }
        }
      }
    }
  }

  /** Requests that failed or never ended. */
  private static Set<EventId> failedRequests(List<LogEntry> log) {
    Set<EventId> failed = new HashSet<>();
    for (LogEntry entry : log) {
      if (entry.event() instanceof SessionEvent.ModelRequestStart start) {
        failed.add(start.id());
      } else if (entry.event() instanceof SessionEvent.ModelRequestEnd end && !end.isError()) {
        failed.remove(end.startId());
      }
    }
    return failed;
  }

  /** What was used before is not used again. */
  private static SessionEvent uncounted(SessionEvent.ModelRequestEnd end) {
    return new SessionEvent.ModelRequestEnd(
        end.id(),
        end.startId(),
        end.isError(),
        Usage.NONE,
        end.stop(),
        end.providerState(),
        Optional.empty(),
        Optional.empty());
  }

  private void add(LogEntry entry, SessionEvent event) {
    track(event);
    events.add(new NewEvent(event, entry.principal(), entry.signature()));
  }

  private void track(SessionEvent event) {
    if (event instanceof SessionEvent.Call call) {
      open.put(call.id(), call);
    } else if (event instanceof SessionEvent.Result result) {
      open.remove(result.callId());
    }
  }

  /** Calls of ours that ended without a result are told to the model as interrupted. */
  void closeOwnCalls() {
    for (SessionEvent.Call call : List.copyOf(open.values())) {
      if (!(call instanceof SessionEvent.AgentCustomToolUse)) {
        say(
            new SessionEvent.AgentToolResult(
                EventId.next(),
                call.id(),
                List.of(ContentBlock.text("The call was interrupted; it may have run.")),
                true));
      }
    }
  }

  private void say(SessionEvent event) {
    track(event);
    events.add(NewEvent.of(event));
  }

  /** Adds what the client sent. */
  void add(List<InputItem> input) {
    for (InputItem item : input) {
      switch (item) {
        case InputItem.User user -> {
          endTurn();
          receive(new SessionEvent.UserMessage(EventId.next(), user.content()));
        }
        case InputItem.Thought thought ->
            turn.add(
                new SessionEvent.AgentThinking(
                    EventId.next(), Optional.of(thought.text()).filter(text -> !text.isEmpty())));
        case InputItem.Output output ->
            turn.add(
                new SessionEvent.AgentMessage(
                    EventId.next(), List.of(ContentBlock.text(output.text()))));
        case InputItem.Call call -> turn.add(call(call));
        case InputItem.Result result -> {
          endTurn();
          receive(result(result));
        }
      }
    }
    if (!turn.isEmpty()) {
      throw ServerException.invalid(
          "input", "must end with what is new: a user's input or results of calls");
    }
    if (!open.isEmpty()) {
      throw ServerException.invalid(
          "input",
          "results of these calls are missing: "
              + String.join(", ", open.keySet().stream().map(EventId::value).toList()));
    }
  }

  private void receive(SessionEvent event) {
    track(event);
    events.add(NewEvent.from(principal, event));
  }

  private SessionEvent call(InputItem.Call call) {
    if (told.containsKey(call.id())) {
      throw ServerException.invalid(call.place(), "a second call of this id");
    }
    EventId id = own(call.id()).orElseGet(EventId::next);
    told.put(call.id(), id);
    return call.byClient()
        ? new SessionEvent.AgentCustomToolUse(id, call.name(), call.arguments())
        : new SessionEvent.AgentToolUse(
            id, call.name(), call.arguments(), Permission.ALLOW, Optional.empty());
  }

  /** An id that was given out here and is not in this log yet. */
  private Optional<EventId> own(String id) {
    try {
      EventId known = new EventId(id);
      boolean taken = events.stream().anyMatch(event -> event.event().id().equals(known));
      return taken ? Optional.empty() : Optional.of(known);
    } catch (CoreException e) {
      return Optional.empty();
    }
  }

  private SessionEvent result(InputItem.Result result) {
    SessionEvent.Call call =
        Optional.ofNullable(told.get(result.callId()))
            .or(() -> knownId(result.callId()))
            .map(open::get)
            .orElseThrow(
                () ->
                    ServerException.invalid(
                        result.place(),
                        "no call \"%s\" waits for a result"
                            .formatted(Fields.shown(result.callId()))));
    return switch (call) {
      case SessionEvent.AgentCustomToolUse own ->
          new SessionEvent.UserCustomToolResult(
              EventId.next(), own.id(), result.content(), result.isError());
      case SessionEvent.AgentToolUse own ->
          new SessionEvent.AgentToolResult(
              EventId.next(), own.id(), result.content(), result.isError());
      case SessionEvent.AgentMcpToolUse own ->
          new SessionEvent.AgentMcpToolResult(
              EventId.next(), own.id(), result.content(), result.isError());
    };
  }

  private static Optional<EventId> knownId(String id) {
    try {
      return Optional.of(new EventId(id));
    } catch (CoreException e) {
      return Optional.empty();
    }
  }

  private void endTurn() {
    if (turn.isEmpty()) {
      return;
    }
    EventId start = EventId.next();
    say(new SessionEvent.ModelRequestStart(start, Optional.empty()));
    turn.forEach(this::say);
    List<EventId> waiting =
        turn.stream().filter(SessionEvent.Call.class::isInstance).map(SessionEvent::id).toList();
    say(
        new SessionEvent.ModelRequestEnd(
            EventId.next(),
            start,
            false,
            Usage.NONE,
            Optional.of(waiting.isEmpty() ? "end_turn" : "tool_use"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    StopReason reason =
        waiting.isEmpty() ? new StopReason.EndTurn() : new StopReason.RequiresAction(waiting);
    say(new SessionEvent.StatusIdle(EventId.next(), reason, Optional.empty()));
    turn.clear();
  }

  List<NewEvent> events() {
    return List.copyOf(events);
  }
}
