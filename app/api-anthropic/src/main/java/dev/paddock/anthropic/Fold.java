package dev.paddock.anthropic;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What answers show of a log.
 *
 * @param active time at work, up to the last change of status
 * @param runningSince when it began to work, while it does
 * @param startedAt when it first began to work
 */
record Fold(
    SessionState state,
    Duration active,
    Optional<Instant> runningSince,
    Optional<Instant> startedAt,
    Optional<Instant> lastAt) {
  static final Fold EMPTY =
      new Fold(
          SessionState.EMPTY, Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty());

  long sequence() {
    return state.sequence();
  }

  Fold apply(LogEntry entry) {
    SessionState next = state.apply(entry);
    Instant at = entry.recordedAt();
    boolean works = works(next.status());
    Duration spent =
        runningSince.isPresent() && !works
            ? active.plus(Duration.between(runningSince.get(), at))
            : active;
    Optional<Instant> since = works ? runningSince.or(() -> Optional.of(at)) : Optional.empty();
    return new Fold(next, spent, since, startedAt.or(() -> since), Optional.of(at));
  }

  private static boolean works(SessionStatus status) {
    return switch (status) {
      case RUNNING, RESCHEDULING -> true;
      case IDLE, TERMINATED -> false;
    };
  }

  Duration activeUntil(Instant now) {
    return runningSince
        .filter(since -> since.isBefore(now))
        .map(since -> active.plus(Duration.between(since, now)))
        .orElse(active);
  }
}
