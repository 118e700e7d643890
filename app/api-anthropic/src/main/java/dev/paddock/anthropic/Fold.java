package dev.paddock.anthropic;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What answers show of a log beyond its state.
 *
 * @param active time at work, up to the last change of status
 * @param runningSince when it began to work, while it does
 * @param startedAt when it first began to work
 * @param outcomes by id, in the order they were defined
 */
record Fold(
    SessionState state,
    Duration active,
    Optional<Instant> runningSince,
    Optional<Instant> startedAt,
    Optional<Instant> lastAt,
    Map<String, Outcome> outcomes) {
  static final Fold EMPTY =
      new Fold(
          SessionState.EMPTY,
          Duration.ZERO,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of());

  /** Where an outcome stands. */
  record Outcome(
      String description,
      String result,
      int iteration,
      Optional<String> explanation,
      Optional<Instant> completedAt) {
    private Outcome at(String now, int round) {
      return new Outcome(description, now, round, explanation, completedAt);
    }
  }

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
    return new Fold(
        next,
        spent,
        since,
        startedAt.or(() -> since),
        Optional.of(at),
        outcomes(entry.event(), at));
  }

  private static boolean works(SessionStatus status) {
    return switch (status) {
      case RUNNING, RESCHEDULING -> true;
      case IDLE, TERMINATED -> false;
    };
  }

  private Map<String, Outcome> outcomes(SessionEvent event, Instant at) {
    if (event instanceof SessionEvent.UserDefineOutcome e) {
      return with(
          e.outcomeId(),
          new Outcome(e.description(), "pending", 0, Optional.empty(), Optional.empty()));
    }
    if (event instanceof SessionEvent.ModelRequestStart) {
      return begun();
    }
    if (event instanceof SessionEvent.OutcomeEvaluationStart e) {
      return changed(e.outcomeId(), outcome -> outcome.at("evaluating", e.iteration()));
    }
    if (event instanceof SessionEvent.OutcomeEvaluationEnd e) {
      return changed(e.outcomeId(), outcome -> ended(outcome, e, at));
    }
    return outcomes;
  }

  private static Outcome ended(Outcome outcome, SessionEvent.OutcomeEvaluationEnd end, Instant at) {
    boolean again = end.result().equals("needs_revision");
    return new Outcome(
        outcome.description(),
        again ? "running" : end.result(),
        end.iteration() + (again ? 1 : 0),
        end.explanation(),
        again ? Optional.empty() : Optional.of(at));
  }

  private Map<String, Outcome> begun() {
    Map<String, Outcome> all = outcomes;
    for (Map.Entry<String, Outcome> entry : outcomes.entrySet()) {
      if (entry.getValue().result().equals("pending")) {
        all = replaced(all, entry.getKey(), entry.getValue().at("running", 0));
      }
    }
    return all;
  }

  private Map<String, Outcome> changed(
      String id, UnaryOperator<Outcome> change) {
    Outcome outcome = outcomes.get(id);
    return outcome == null ? outcomes : with(id, change.apply(outcome));
  }

  private Map<String, Outcome> with(String id, Outcome outcome) {
    return replaced(outcomes, id, outcome);
  }

  private static Map<String, Outcome> replaced(
      Map<String, Outcome> all, String id, Outcome outcome) {
    Map<String, Outcome> copy = new LinkedHashMap<>(all);
    copy.put(id, outcome);
    return Collections.unmodifiableMap(copy);
  }

  Duration activeUntil(Instant now) {
    return runningSince
        .filter(since -> since.isBefore(now))
        .map(since -> active.plus(Duration.between(since, now)))
        .orElse(active);
  }
}
