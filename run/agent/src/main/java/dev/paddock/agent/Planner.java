package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Decides the next step from the log alone, so that after a crash it decides the same. */
final class Planner {
  private static final int MAX_REMINDERS = 3;

  private final AgentDefinition agent;
  private final Narrowing narrowing;

  Planner(AgentDefinition agent, Narrowing narrowing) {
    this.agent = agent;
    this.narrowing = narrowing;
  }

  /**
   * @param pending calls whose results were said to come as events
   */
  NextStep next(List<LogEntry> log, SessionState state, Set<EventId> pending, Instant now) {
    if (state.status() == SessionStatus.TERMINATED) {
      return new NextStep.Rest();
    }
    if (!state.routes().isEmpty()) {
      return new NextStep.Route();
    }
    if (state.interrupted()) {
      return new NextStep.EndInterrupted();
    }
    if (state.openModelRequest().isPresent()) {
      return new NextStep.CloseRequest(state.openModelRequest().get());
    }
    if (!state.openCalls().isEmpty()) {
      return calls(state, pending, Delegations.of(log));
    }
    Transcript transcript = Transcript.of(log);
    if (!state.inbox().isEmpty()) {
      return ask(transcript, log, state, now);
    }
    boolean running = state.status() != SessionStatus.IDLE;
    return switch (transcript.last().orElse(new Transcript.Pause(new StopReason.EndTurn()))) {
      case Transcript.Turn turn when !turn.answers() -> ask(transcript, log, state, now);
      case Transcript.Turn turn when running -> answered(transcript, turn, log, state, now);
      case Transcript.Input ignored when running -> ask(transcript, log, state, now);
      case Transcript.Pause ignored when running ->
          new NextStep.Finish(new StopReason.EndTurn(), Optional.empty());
      case Transcript.Turn ignored -> new NextStep.Rest();
      case Transcript.Input ignored -> new NextStep.Rest();
      case Transcript.Pause ignored -> new NextStep.Rest();
    };
  }

  private static NextStep calls(SessionState state, Set<EventId> pending, Delegations delegations) {
    List<SessionEvent.Call> ready =
        state.openCalls().values().stream()
            .filter(call -> !pending.contains(call.id()) && !Evaluation.waits(call, state))
            .filter(call -> !delegations.sent().containsKey(call.id()))
            .toList();
    if (!ready.isEmpty()) {
      return new NextStep.RunCalls(ready);
    }
    List<String> working =
        delegations.owing(state).stream()
            .filter(thread -> !delegations.waiting().contains(thread))
            .toList();
    if (!working.isEmpty()) {
      return new NextStep.Follow(working);
    }
    List<EventId> waiting =
        Stream.concat(
                state.openCalls().keySet().stream()
                    .filter(call -> !delegations.sent().containsKey(call)),
                state.threadCalls().keySet().stream())
            .toList();
    boolean said =
        state.status() == SessionStatus.IDLE
            && state.stopReason().equals(Optional.of(new StopReason.RequiresAction(waiting)));
    return said ? new NextStep.Rest() : new NextStep.Await(waiting);
  }

  private NextStep ask(Transcript transcript, List<LogEntry> log, SessionState state, Instant now) {
    Optional<ObjectNode> spent = Spending.reached(agent.budget(), state, log, now);
    if (spent.isPresent()) {
      return new NextStep.Finish(new StopReason.BudgetReached(), spent);
    }
    List<LogEntry> unchecked = Guards.unchecked(agent, log);
    if (!unchecked.isEmpty()) {
      return new NextStep.Guard(unchecked);
    }
    return switch (Repetition.of(transcript)) {
      case Repetition.Verdict.Stop stop -> new NextStep.Fail("no_progress", stop.message());
      case Repetition.Verdict.Tell tell -> new NextStep.Tell(tell.message());
      case Repetition.Verdict.Fine ignored ->
          new NextStep.Ask(transcript, narrowing.next(transcript));
    };
  }

  private NextStep answered(
      Transcript transcript,
      Transcript.Turn turn,
      List<LogEntry> log,
      SessionState state,
      Instant now) {
    String stop = turn.end().stop().orElse("end_turn");
    if (stop.equals("refusal")) {
      return new NextStep.Finish(new StopReason.Refusal(), Optional.empty());
    }
    Optional<String> unfinished = narrowing.unfinished(transcript);
    if (unfinished.isPresent()) {
      return remind(transcript, "no_progress", unfinished.get());
    }
    if (agent.output().isPresent()) {
      List<String> violations = Schemas.violations(agent.output().get(), turn.text());
      if (!violations.isEmpty()) {
        return remind(
            transcript,
            "output_invalid",
            "Your answer does not obey the schema: %s. Answer again, with JSON only."
                .formatted(String.join("; ", violations)));
      }
    }
    if (state.outcome().isPresent()) {
      return Spending.reached(agent.budget(), state, log, now)
          .<NextStep>map(
              spent -> new NextStep.Finish(new StopReason.BudgetReached(), Optional.of(spent)))
          .orElseGet(() -> new NextStep.Grade(state.outcome().get(), transcript));
    }
    return new NextStep.Finish(
        new StopReason.EndTurn(),
        stop.equals("end_turn") ? Optional.empty() : Optional.of(Json.object().put("stop", stop)));
  }

  /** Tells the model what its answer lacks; the third answer in a row that lacks it is the last. */
  private static NextStep remind(Transcript transcript, String code, String message) {
    int answers = 0;
    for (Transcript.Item item : transcript.items().reversed()) {
      boolean more =
          switch (item) {
            case Transcript.Turn turn -> turn.answers();
            case Transcript.Input input -> input.fromLoop();
            case Transcript.Pause ignored -> false;
          };
      if (!more) {
        break;
      }
      answers += item instanceof Transcript.Turn ? 1 : 0;
    }
    return answers >= MAX_REMINDERS ? new NextStep.Fail(code, message) : new NextStep.Tell(message);
  }
}
