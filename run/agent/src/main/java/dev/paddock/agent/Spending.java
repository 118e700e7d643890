package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a session has used up of its budget. */
final class Spending {
  private Spending() {}

  /** Which part is used up: {@code {budget, limit, used}}. */
  static Optional<ObjectNode> reached(
      Budget budget, SessionState state, List<LogEntry> log, Instant now) {
    return over("turns", budget.turns(), state.turns())
        .or(() -> over("tokens", budget.tokens(), state.usage().total()))
        .or(() -> over("seconds", budget.seconds(), active(log, state, now).toSeconds()))
        .or(() -> over("usd", budget.usd(), state.costUsd()));
  }

  /** When the time is used up, if it goes on as it does. */
  static Optional<Instant> deadline(
      Budget budget, SessionState state, List<LogEntry> log, Instant now) {
    return budget.seconds().map(limit -> now.plusSeconds(limit).minus(active(log, state, now)));
  }

  private static Optional<ObjectNode> over(
      String what, Optional<? extends Number> limit, Number used) {
    return limit
        .filter(most -> used.doubleValue() >= most.doubleValue())
        .map(
            most ->
                Json.object()
                    .put("budget", what)
                    .put("limit", most.doubleValue())
                    .put("used", used.doubleValue()));
  }

  /**
   * Time at work. A running status while the session runs marks a restart: the time before it, in
   * which no process was there, does not count.
   */
  static Duration active(List<LogEntry> log, SessionState state, Instant now) {
    Duration total = Duration.ZERO;
    boolean running = false;
    Instant last = Instant.EPOCH;
    for (LogEntry entry : log) {
      boolean starts = entry.event() instanceof SessionEvent.StatusRunning;
      if (running && !starts) {
        total = total.plus(Duration.between(last, entry.recordedAt()));
      }
      if (starts) {
        running = true;
      } else if (entry.event() instanceof SessionEvent.StatusIdle) {
        running = false;
      }
      last = entry.recordedAt();
    }
    boolean counts = state.status() == SessionStatus.RUNNING && running && now.isAfter(last);
    return counts ? total.plus(Duration.between(last, now)) : total;
  }
}
