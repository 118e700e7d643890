package dev.paddock.anthropic;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.ServerException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether events fit a session as it stands. */
record EventRules(SessionStore store, SessionRecord session, SessionState state) {
  private static final Set<String> CALLS =
      Set.of("agent.tool_use", "agent.mcp_tool_use", "agent.custom_tool_use");
  private static final int BATCH = 500;

  /** A system message is the last event and stands right behind the input that it goes with. */
  static void requireOrder(List<SessionEvent.Inbound> events) {
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i) instanceof SessionEvent.SystemMessage) {
        boolean goesWith =
            i > 0
                && (events.get(i - 1) instanceof SessionEvent.UserMessage
                    || events.get(i - 1) instanceof SessionEvent.Result);
        if (i < events.size() - 1 || !goesWith) {
          throw ServerException.invalid(
              "events[%d]".formatted(i),
              "system.message must be the last event, right after a user.message or a result");
        }
      }
    }
  }

  void requireFit(List<SessionEvent.Inbound> events) {
    Set<EventId> answered = new HashSet<>();
    for (int i = 0; i < events.size(); i++) {
      String path = "events[%d]".formatted(i);
      switch (events.get(i)) {
        case SessionEvent.UserToolConfirmation e ->
            requireOpen(path + ".tool_use_id", e.callId(), true, answered);
        case SessionEvent.UserCustomToolResult e ->
            requireOpen(path + ".custom_tool_use_id", e.callId(), false, answered);
        case SessionEvent.UserInterrupt e ->
            e.threadId().ifPresent(thread -> requireThread(path + ".session_thread_id", thread));
        case SessionEvent.UserToolResult ignored -> {}
        case SessionEvent.UserMessage ignored -> {}
        case SessionEvent.UserDefineOutcome ignored -> {}
        case SessionEvent.SystemMessage ignored -> {}
      }
    }
  }

  private void requireThread(String path, String thread) {
    SessionId id;
    try {
      id = Ids.sessionOfThread(thread);
    } catch (ServerException e) {
      throw ServerException.invalid(path, e.getMessage());
    }
    boolean known =
        id.equals(session.id())
            || store
                .sessions()
                .find(id)
                .filter(found -> found.parent().equals(Optional.of(session.id())))
                .isPresent();
    if (!known) {
      throw ServerException.invalid(path, Ids.unknownThread(thread).getMessage());
    }
  }

  private void requireOpen(String path, EventId call, boolean confirms, Set<EventId> answered) {
    boolean waits =
        confirms ? state.openCalls().get(call) != null : state.openCalls().containsKey(call);
    boolean inThread = state.threadCalls().containsKey(call);
    if (!waits && !inThread) {
      throw find(call).isPresent() ? conflict(path, call) : unknown(path, call);
    }
    Optional<SessionEvent.Call> event =
        Optional.ofNullable(state.openCalls().get(call)).or(() -> find(call));
    boolean fits = event.isPresent() && fits(event.get(), confirms);
    if (!fits) {
      throw ServerException.invalid(
          path,
          confirms
              ? "the call %s does not ask for a confirmation".formatted(call)
              : "the call %s is none of a custom tool".formatted(call));
    }
    if (state.confirmations().containsKey(call) || !answered.add(call)) {
      throw conflict(path, call);
    }
  }

  private static boolean fits(SessionEvent.Call call, boolean confirms) {
    return switch (call) {
      case SessionEvent.AgentCustomToolUse ignored -> !confirms;
      case SessionEvent.AgentToolUse e -> confirms && e.evaluatedPermission() == Permission.ASK;
      case SessionEvent.AgentMcpToolUse e -> confirms && e.evaluatedPermission() == Permission.ASK;
    };
  }

  /** A call anywhere in the log. */
  private Optional<SessionEvent.Call> find(EventId call) {
    long before = Long.MAX_VALUE;
    while (true) {
      List<LogEntry> entries =
          store
              .sessions()
              .read(session.id(), LogQuery.last(BATCH).withTypes(CALLS).withBefore(before));
      for (LogEntry entry : entries) {
        if (entry.event() instanceof SessionEvent.Call found && found.id().equals(call)) {
          return Optional.of(found);
        }
      }
      if (entries.size() < BATCH) {
        return Optional.empty();
      }
      before = entries.getLast().sequence();
    }
  }

  private static ServerException unknown(String path, EventId call) {
    return ServerException.invalid(path, "there is no call %s in this session".formatted(call));
  }

  private static ServerException conflict(String path, EventId call) {
    return new ServerException(
        ErrorCode.CONFLICT, "%s: the call %s has been answered already".formatted(path, call));
  }
}
