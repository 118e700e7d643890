package dev.paddock.agent;

import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a log says of the threads below its session.
 *
 * @param sent the thread that each delegating call was sent to
 * @param seen up to which sequence of its own log each thread was followed
 * @param agents the name of each thread's agent
 * @param waiting threads that wait for a person or a client
 * @param running threads that said last that they run
 */
record Delegations(
    Map<EventId, String> sent,
    Map<String, Long> seen,
    Map<String, String> agents,
    Set<String> waiting,
    Set<String> running) {
  static final String CREATED = "session.thread_created";
  static final String RUNNING = "session.thread_status_running";
  static final String IDLE = "session.thread_status_idle";
  static final String RESCHEDULED = "session.thread_status_rescheduled";
  static final String TERMINATED = "session.thread_status_terminated";

  /** The field of a mirrored event that says which event of the thread it mirrors. */
  static final String SEQUENCE = "sequence";

  static Delegations of(List<LogEntry> log) {
    Delegations all =
        new Delegations(
            new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashSet<>(), new HashSet<>());
    for (LogEntry entry : log) {
      switch (entry.event()) {
        case SessionEvent.AgentThreadMessageSent e -> {
          e.callId().ifPresent(call -> all.sent.put(call, e.toThreadId()));
          e.toAgentName().ifPresent(name -> all.agents.put(e.toThreadId(), name));
          all.waiting.remove(e.toThreadId());
        }
        case SessionEvent.ThreadChanged e -> all.changed(e);
        case SessionEvent.Notice e when e.code().equals(SessionEvent.Notice.ROUTED) ->
            e.details().ifPresent(it -> all.waiting.remove(it.path("session_thread_id").asText()));
        default -> {}
      }
    }
    return all;
  }

  /** Threads that owe an answer to an open call. */
  Set<String> owing(SessionState state) {
    Set<String> owing = new LinkedHashSet<>();
    for (EventId call : state.openCalls().keySet()) {
      Optional.ofNullable(sent.get(call)).ifPresent(owing::add);
    }
    return owing;
  }

  private void changed(SessionEvent.ThreadChanged event) {
    String thread = event.threadId();
    if (event.fields().has(SEQUENCE)) {
      seen.put(thread, event.fields().path(SEQUENCE).asLong());
    }
    if (event.type().equals(RUNNING)) {
      running.add(thread);
    } else {
      running.remove(thread);
    }
    boolean waits =
        event.fields().path("stop_reason").path("type").asText().equals("requires_action");
    if (event.type().equals(IDLE) && waits) {
      waiting.add(thread);
    } else {
      waiting.remove(thread);
    }
  }
}
