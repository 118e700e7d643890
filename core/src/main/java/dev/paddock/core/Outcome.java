package dev.paddock.core;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * An outcome that a session works towards, and how far it has come.
 *
 * @param rubric {@code {type: text, content}}
 * @param iteration the cycle of evaluation that it is in, from 0
 * @param result {@code pending}, {@code running} or {@code evaluating}; at the end {@code
 *     satisfied}, {@code max_iterations_reached}, {@code failed} or {@code interrupted}
 * @param explanation of the newest verdict
 * @param openStart the start of an evaluation that has no end
 */
public record Outcome(
    String outcomeId,
    String description,
    JsonNode rubric,
    int maxIterations,
    int iteration,
    String result,
    Optional<String> explanation,
    Optional<Instant> completedAt,
    Optional<EventId> openStart) {
  private static final int USUAL_ITERATIONS = 3;
  private static final int MOST_ITERATIONS = 20;

  static Outcome of(SessionEvent.UserDefineOutcome event) {
    return new Outcome(
        event.outcomeId(),
        event.description(),
        event.rubric(),
        Math.clamp(event.maxIterations().orElse(USUAL_ITERATIONS), 1, MOST_ITERATIONS),
        0,
        "pending",
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public boolean ended() {
    return completedAt.isPresent();
  }

  Outcome working() {
    return result.equals("pending") ? with("running", iteration, openStart) : this;
  }

  Outcome evaluating(EventId start) {
    return with("evaluating", iteration, Optional.of(start));
  }

  Outcome judged(SessionEvent.OutcomeEvaluationEnd verdict, Instant at) {
    boolean again = verdict.result().equals("needs_revision");
    return new Outcome(
        outcomeId,
        description,
        rubric,
        maxIterations,
        again ? iteration + 1 : iteration,
        again ? "running" : verdict.result(),
        verdict.explanation(),
        again ? Optional.empty() : Optional.of(at),
        Optional.empty());
  }

  private Outcome with(String newResult, int newIteration, Optional<EventId> newStart) {
    return new Outcome(
        outcomeId,
        description,
        rubric,
        maxIterations,
        newIteration,
        newResult,
        explanation,
        completedAt,
        newStart);
  }
}
