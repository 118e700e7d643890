package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Sessions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The log of the session that is being run, and its fold. What is appended is decided from the
 * state that it is appended to: when something came in between, it is decided anew.
 */
final class SessionLog {
  private final Sessions sessions;
  private final SessionId id;
  private final HeldLease lease;
  private final Clock clock;
  private final ReadLog log;

  SessionLog(Sessions sessions, SessionId id, HeldLease lease, Clock clock) {
    this.clock = clock;
    this.sessions = sessions;
    this.id = id;
    this.lease = lease;
    this.log = new ReadLog(sessions, id);
  }

  SessionId id() {
    return id;
  }

  SessionState state() {
    return log.state();
  }

  List<LogEntry> entries() {
    return log.entries();
  }

  /** Whether this process may still run the session. */
  boolean leaseHeld() {
    return lease.stillHeld();
  }

  /** Reads what came in since. */
  void refresh() {
    log.refresh();
  }

  void append(List<? extends SessionEvent> events) throws LeaseLostException {
    append(ignored -> events, Append.Durability.TURN);
  }

  /** Appends unless something came in since it was decided; then it is decided anew. */
  void appendUnlessMoved(List<? extends SessionEvent> events, Append.Durability durability)
      throws LeaseLostException {
    int decidedAt = entries().size();
    append(ignored -> moved(decidedAt) ? List.of() : events, durability);
  }

  /** A sandbox that makes requests all the time must not keep the session from resting. */
  private boolean moved(int since) {
    return entries().stream()
        .skip(since)
        .map(LogEntry::event)
        .anyMatch(
            event ->
                !(event instanceof SessionEvent.EgressRequest
                    || event instanceof SessionEvent.PortPreview));
  }

  /** Appends unless the call got its result meanwhile. */
  void appendIfOpen(
      SessionEvent.Call call, List<? extends SessionEvent> events, Append.Durability durability)
      throws LeaseLostException {
    append(whileOpen(call, events), durability);
  }

  /** {@code events} while the call has no result. */
  static Function<SessionState, List<? extends SessionEvent>> whileOpen(
      SessionEvent.Call call, List<? extends SessionEvent> events) {
    return now -> now.openCalls().containsKey(call.id()) ? events : List.of();
  }

  /** Appends what {@code events} makes of the newest state; an empty list appends nothing. */
  void append(
      Function<SessionState, List<? extends SessionEvent>> events, Append.Durability durability)
      throws LeaseLostException {
    append(events, durability, Optional.empty());
  }

  /**
   * @param document replaces the session's, together with the events
   */
  void append(
      Function<SessionState, List<? extends SessionEvent>> events,
      Append.Durability durability,
      Optional<ObjectNode> document)
      throws LeaseLostException {
    while (true) {
      List<? extends SessionEvent> wanted = withUsage(events.apply(state()));
      if (wanted.isEmpty()) {
        return;
      }
      if (lease.lost()) {
        throw new LeaseLostException();
      }
      Append plain =
          Append.turn(lease.current(), wanted).expecting(state().sequence()).with(durability);
      try {
        sessions
            .append(id, document.map(plain::withDocument).orElse(plain))
            .entries()
            .forEach(log::take);
        return;
      } catch (PaddockException e) {
        reconcile(e);
      }
    }
  }

  /** What was used stands before each idle status. */
  private List<? extends SessionEvent> withUsage(List<? extends SessionEvent> events) {
    if (events.stream().noneMatch(SessionEvent.StatusIdle.class::isInstance)) {
      return events;
    }
    Optional<SessionEvent> usage = UsageSnapshot.of(state(), entries(), clock.instant());
    List<SessionEvent> all = new ArrayList<>();
    for (SessionEvent event : events) {
      if (event instanceof SessionEvent.StatusIdle) {
        usage.ifPresent(all::add);
      }
      all.add(event);
    }
    return all;
  }

  private void reconcile(PaddockException conflict) throws LeaseLostException {
    if (conflict.code() != ErrorCode.CONFLICT) {
      throw conflict;
    }
    if (!lease.renew()) {
      throw new LeaseLostException();
    }
    long before = state().sequence();
    refresh();
    if (state().sequence() == before) {
      throw conflict;
    }
  }
}
