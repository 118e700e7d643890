package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a session step by step to where nothing is left to do. */
final class SessionRun {
  private final RunContext context;
  private final SessionLog log;
  private Planner planner;
  private final ThreadRun threads;
  private final ThreadFollow follow;
  private final CallRun calls;
  private final Guards guards;
  private final TurnRun turns;
  private final Grader grader;

  SessionRun(RunContext context) {
    this.context = context;
    this.log = context.log();
    this.planner = planner();
    Threads below =
        context
            .parts()
            .threads()
            .orElseGet(() -> Threads.of(context.parts().sessions(), ignored -> {}));
    this.threads = new ThreadRun(context, below);
    context.tellOthers(threads::interruptNow);
    this.follow = new ThreadFollow(context, below, threads);
    this.calls = new CallRun(context, threads);
    this.guards = new Guards(context);
    this.turns = new TurnRun(context, guards);
    this.grader = new Grader(context);
  }

  private Planner planner() {
    return new Planner(context.definition(), new Narrowing(context.definition(), context.tools()));
  }

  SessionState run() throws LeaseLostException, InterruptedException {
    boolean cutOff =
        log.state().status() == SessionStatus.RUNNING
            || log.state().status() == SessionStatus.RESCHEDULING;
    if (cutOff) {
      log.append(List.of(new SessionEvent.StatusRunning(EventId.next())));
    }
    follow.catchUp();
    log.refresh();
    while (true) {
      // What nobody has noticed yet makes the append fail that was decided without it.
      if (context.behind()) {
        log.refresh();
      }
      if (context.updated()) {
        planner = planner();
      }
      NextStep step =
          planner.next(
              log.entries(), log.state(), calls.pending(), context.parts().clock().instant());
      if (step instanceof NextStep.Rest) {
        long decidedAt = log.state().sequence();
        log.refresh();
        if (log.state().sequence() == decidedAt) {
          return log.state();
        }
        continue;
      }
      try {
        take(step);
      } catch (CutException planned) {
        // why it was cut stands in the log or on the clock: the next step follows from that
      }
    }
  }

  private void take(NextStep step) throws CutException, LeaseLostException, InterruptedException {
    switch (step) {
      case NextStep.Rest ignored -> {}
      case NextStep.EndInterrupted ignored -> endInterrupted();
      case NextStep.Route ignored -> threads.route();
      case NextStep.Follow e -> {
        context.running();
        follow.follow(e.threads());
      }
      case NextStep.CloseRequest e -> log.append(List.of(failedRequest(e.start(), "error")));
      case NextStep.RunCalls e -> runCalls(e);
      case NextStep.Await e -> rest(idle(new StopReason.RequiresAction(e.calls())));
      case NextStep.Ask e -> {
        if (log.state().status() == SessionStatus.RUNNING) {
          turns.run(e);
        } else {
          context.running();
        }
      }
      case NextStep.Guard e -> {
        context.running();
        guards.input(e.unchecked());
      }
      case NextStep.Grade e -> {
        context.running();
        grader.run(e);
      }
      case NextStep.Tell e ->
          log.appendUnlessMoved(
              List.of(
                  new SessionEvent.SystemMessage(
                      EventId.next(), List.of(ContentBlock.text(e.message())))),
              Append.Durability.TURN);
      case NextStep.Finish e ->
          rest(new SessionEvent.StatusIdle(EventId.next(), e.reason(), e.details()));
      case NextStep.Fail e ->
          rest(
              SessionErrors.exhausted(e.code(), e.message()),
              idle(new StopReason.RetriesExhausted()));
    }
  }

  private void rest(SessionEvent... events) throws LeaseLostException {
    context.idling();
    log.appendUnlessMoved(List.of(events), Append.Durability.ACKNOWLEDGED);
  }

  private void runCalls(NextStep.RunCalls step)
      throws CutException, LeaseLostException, InterruptedException {
    context.running();
    Optional<PaddockException> unfit = calls.run(step.ready());
    if (unfit.isPresent()) {
      rest(SessionErrors.exhausted(unfit.get()), idle(new StopReason.RetriesExhausted()));
    }
  }

  static SessionEvent.StatusIdle idle(StopReason reason) {
    return new SessionEvent.StatusIdle(EventId.next(), reason, Optional.empty());
  }

  private void endInterrupted() throws LeaseLostException {
    List<SessionEvent> below = threads.interrupt("interrupt/" + lastInterrupt());
    log.append(state -> endInterrupted(state, below), Append.Durability.ACKNOWLEDGED);
  }

  private String lastInterrupt() {
    return log.entries().reversed().stream()
        .map(LogEntry::event)
        .filter(SessionEvent.UserInterrupt.class::isInstance)
        .findFirst()
        .map(event -> event.id().value())
        .orElse("");
  }

  private static List<SessionEvent> endInterrupted(SessionState state, List<SessionEvent> below) {
    if (!state.interrupted()) {
      return List.of();
    }
    List<SessionEvent> events = new ArrayList<>(below);
    state.openModelRequest().ifPresent(start -> events.add(failedRequest(start, "cancelled")));
    state.openCalls().values().forEach(call -> events.add(CallResults.interrupted(call, state)));
    events.addAll(Grader.interrupted(state));
    events.add(idle(new StopReason.EndTurn()));
    return events;
  }

  static SessionEvent failedRequest(EventId start, String stop) {
    return new SessionEvent.ModelRequestEnd(
        EventId.next(),
        start,
        true,
        Usage.NONE,
        Optional.of(stop),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
