package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import java.util.ArrayList;
import java.util.List;

/**
 * A new session with the beginning of another one's log. What was under way there does not go on
 * here: it has been interrupted. Calls that wait for a person or a client still wait.
 */
public final class Forks {
  private Forks() {}

  /**
   * Forks a session after one of its events. Its files are the caller's to provide.
   *
   * @param id of the session to come
   * @throws AgentException {@code NOT_FOUND} for a session or event that is not there
   */
  public static SessionRecord fork(Sessions sessions, SessionId from, EventId after, SessionId id) {
    SessionRecord source =
        sessions
            .find(from)
            .orElseThrow(
                () -> new AgentException(ErrorCode.NOT_FOUND, "there is no session " + from));
    List<LogEntry> prefix = new ArrayList<>();
    boolean found = false;
    for (LogEntry entry : sessions.readAll(from)) {
      prefix.add(entry);
      if (entry.event().id().equals(after)) {
        found = true;
        break;
      }
    }
    if (!found) {
      throw new AgentException(
          ErrorCode.NOT_FOUND, "session %s has no event %s".formatted(from, after));
    }
    List<NewEvent> events = new ArrayList<>();
    prefix.forEach(
        entry -> events.add(new NewEvent(entry.event(), entry.principal(), entry.signature())));
    closing(SessionState.of(prefix)).forEach(event -> events.add(NewEvent.of(event)));
    ObjectNode document = source.document().deepCopy();
    document.remove("workspace"); // files of its own, not those that others share
    document.putObject("forked_from").put("session", from.value()).put("event", after.value());
    return sessions.create(new NewSession(id, source.workspaceId(), document, events));
  }

  private static List<SessionEvent> closing(SessionState state) {
    List<SessionEvent> events = new ArrayList<>();
    state
        .openModelRequest()
        .ifPresent(start -> events.add(SessionRun.failedRequest(start, "cancelled")));
    List<EventId> waiting = new ArrayList<>();
    for (SessionEvent.Call call : state.openCalls().values()) {
      if (Evaluation.waits(call, state)) {
        waiting.add(call.id());
      } else {
        events.add(CallResults.interrupted(call, state));
      }
    }
    boolean rests = state.status() == SessionStatus.IDLE && events.isEmpty();
    if (!rests) {
      StopReason reason =
          waiting.isEmpty() ? new StopReason.EndTurn() : new StopReason.RequiresAction(waiting);
      events.add(SessionRun.idle(reason));
    }
    return events;
  }
}
