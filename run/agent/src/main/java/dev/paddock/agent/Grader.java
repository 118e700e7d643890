package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Outcome;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a model whether an agent's work reaches the outcome that was asked for. */
final class Grader {
  private static final String RULES =
      """
      You grade the work of an AI agent against a rubric, strictly and by the evidence in the data \
      only. What the agent claims is no evidence where the data shows otherwise.
      - "satisfied": every criterion of the rubric is met.
      - "needs_revision": a criterion is not met. Say which, and what is missing.
      - "failed": the rubric cannot be applied to this work at all.""";

  private static final ObjectNode ANSWER =
      (ObjectNode)
          Json.tree(
              """
              {"type": "object",
               "properties": {
                 "explanation": {"type": "string"},
                 "result": {"enum": ["satisfied", "needs_revision", "failed"]}},
               "required": ["explanation", "result"],
               "additionalProperties": false}""");

  private final RunContext context;
  private final Recovery recovery;

  Grader(RunContext context) {
    this.context = context;
    this.recovery = new Recovery(context);
  }

  /** An evaluation that a crash cut off has its start in the log already, and goes on there. */
  void run(NextStep.Grade step) throws CutException, LeaseLostException, InterruptedException {
    Outcome outcome = step.outcome();
    EventId start = outcome.openStart().orElseGet(EventId::next);
    if (outcome.openStart().isEmpty() && !started(outcome, start)) {
      return;
    }
    Optional<String> rubric = rubric(outcome);
    if (rubric.isEmpty()) {
      end(
          outcome,
          start,
          new Verdict("failed", "The rubric has no text.", Usage.NONE, Optional.empty()));
      return;
    }
    Verdict verdict;
    try {
      verdict = context.cuttable("the evaluation", () -> grade(step, start, rubric.get()));
    } catch (PaddockException e) {
      recovery.failed(e, recovery.after(e), List.of());
      return;
    }
    recovery.succeeded();
    end(outcome, start, verdict);
  }

  private record Verdict(String result, String explanation, Usage usage, Optional<Double> cost) {}

  private static Optional<String> rubric(Outcome outcome) {
    JsonNode content = outcome.rubric().path("content");
    return content.isTextual() ? Optional.of(content.textValue()) : Optional.empty();
  }

  private boolean started(Outcome outcome, EventId start) throws LeaseLostException {
    context
        .log()
        .appendUnlessMoved(
            List.of(
                new SessionEvent.OutcomeEvaluationStart(
                    start, outcome.outcomeId(), outcome.iteration())),
            Append.Durability.TURN);
    return evaluating(context.log().state(), start);
  }

  private static boolean evaluating(SessionState state, EventId start) {
    return state.outcome().flatMap(Outcome::openStart).equals(Optional.of(start));
  }

  private Verdict grade(NextStep.Grade step, EventId start, String rubric)
      throws InterruptedException {
    ModelSource.Choice choice = context.judge();
    long room = choice.model().description().contextTokens();
    ObjectNode data = Json.object();
    data.set("work", Account.of(step.transcript(), room));
    Question.Answer answer =
        new Question(
                RULES
                    + "\n\nWhat was asked for:\n"
                    + step.outcome().description()
                    + "\n\nThe rubric:\n"
                    + rubric,
                start.value(),
                data,
                ANSWER)
            .ask(choice);
    JsonNode value =
        answer
            .value()
            .orElseThrow(
                () ->
                    new AgentException(
                        ErrorCode.UNAVAILABLE, "the grader's answer could not be understood"));
    return new Verdict(
        value.path("result").asText(),
        value.path("explanation").asText(),
        answer.usage(),
        answer.cost());
  }

  private void end(Outcome outcome, EventId start, Verdict verdict) throws LeaseLostException {
    boolean last = outcome.iteration() + 1 >= outcome.maxIterations();
    String result =
        last && verdict.result().equals("needs_revision")
            ? "max_iterations_reached"
            : verdict.result();
    SessionEvent end =
        new SessionEvent.OutcomeEvaluationEnd(
            EventId.next(),
            outcome.outcomeId(),
            outcome.iteration(),
            result,
            Optional.of(verdict.explanation()),
            Optional.of(start),
            Optional.of(verdict.usage()),
            verdict.cost());
    context
        .log()
        .append(
            state -> evaluating(state, start) && !state.interrupted() ? List.of(end) : List.of(),
            Append.Durability.TURN);
  }

  /** An interrupt ends the work on every outcome. */
  static List<SessionEvent> interrupted(SessionState state) {
    List<SessionEvent> events = new ArrayList<>();
    for (Outcome outcome : state.outcomes()) {
      if (outcome.ended()) {
        continue;
      }
      EventId start = outcome.openStart().orElseGet(EventId::next);
      if (outcome.openStart().isEmpty()) {
        events.add(
            new SessionEvent.OutcomeEvaluationStart(
                start, outcome.outcomeId(), outcome.iteration()));
      }
      events.add(
          new SessionEvent.OutcomeEvaluationEnd(
              EventId.next(),
              outcome.outcomeId(),
              outcome.iteration(),
              "interrupted",
              Optional.of("The work was interrupted."),
              Optional.of(start),
              Optional.of(Usage.NONE),
              Optional.empty()));
    }
    return events;
  }
}
