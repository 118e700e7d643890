package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gives calls their results: runs them, or finds out what became of them. */
final class CallRun {
  private final RunContext context;
  private final ThreadRun threads;
  private final CallResults results;
  private final Set<EventId> pending = new HashSet<>();

  /** Calls that were in the log before this process ran the session: they may have begun. */
  private final Set<EventId> inherited;

  CallRun(RunContext context, ThreadRun threads) {
    this.context = context;
    this.threads = threads;
    this.results = new CallResults(context);
    this.inherited = Set.copyOf(context.log().state().openCalls().keySet());
  }

  /** Calls whose results come as events. */
  Set<EventId> pending() {
    return pending;
  }

  /**
   * Runs the calls side by side and logs each result when it is there.
   *
   * @return why the place can run no call at all, if it cannot
   */
  Optional<PaddockException> run(List<SessionEvent.Call> ready)
      throws CutException, LeaseLostException, InterruptedException {
    SessionState state = context.log().state();
    List<SessionEvent.Call> runnable = new ArrayList<>();
    for (SessionEvent.Call call : ready) {
      if (call.name().equals(Guards.CALL)) {
        guarded(call, state);
        continue;
      }
      if (HostQuestion.of(call).isPresent()) {
        log(List.of(HostQuestion.closed(call, CallResults.refusal(call, state).isEmpty())));
        continue;
      }
      Optional<ToolResult> refusal = CallResults.refusal(call, state);
      if (refusal.isPresent()) {
        log(List.of(CallResults.event(call, refusal.get())));
      } else if (!delegated(call)) {
        runnable.add(call);
      }
    }
    Optional<PaddockException> unfit = Optional.empty();
    try (Tasks<SessionEvent.Call, Hands.Outcome> tasks =
        new Tasks<>(
            context.arm(), context.settings().parallelCalls(), context.settings().grace())) {
      for (SessionEvent.Call call : runnable) {
        Duration timeout = context.settings().timeoutOf(call.name(), context.definition());
        tasks.start(
            call, timeout.plus(context.settings().timeoutMargin()), () -> perform(call, timeout));
      }
      while (tasks.open()) {
        Optional<Tasks.Ended<SessionEvent.Call, Hands.Outcome>> ended = tasks.next();
        if (ended.isEmpty()) {
          throw endAll(tasks);
        }
        unfit = unfit.or(() -> CallResults.unfit(ended.get().failure()));
        log(resultOf(ended.get()).stream().toList());
      }
    }
    return unfit;
  }

  private void guarded(SessionEvent.Call call, SessionState state) throws LeaseLostException {
    boolean allowed = CallResults.refusal(call, state).isEmpty();
    context
        .log()
        .appendIfOpen(call, Guards.answered(call, allowed), Append.Durability.ACKNOWLEDGED);
  }

  /** Whether another agent does it. */
  private boolean delegated(SessionEvent.Call call) throws LeaseLostException {
    Optional<SessionDocument.Delegate> delegate = context.roster().called(call);
    if (delegate.isEmpty()) {
      return false;
    }
    switch (delegate.get().kind()) {
      case DELEGATE -> threads.start(call, delegate.get());
      case HAND_OFF -> HandOff.run(context, call, delegate.get());
    }
    return true;
  }

  private CutException endAll(Tasks<SessionEvent.Call, Hands.Outcome> tasks)
      throws LeaseLostException, InterruptedException {
    List<SessionEvent> events = new ArrayList<>();
    for (Tasks.Ended<SessionEvent.Call, Hands.Outcome> ended : tasks.end()) {
      resultOf(ended).ifPresent(events::add);
    }
    CutException cut = RunContext.cut(tasks.why());
    log(events);
    return cut;
  }

  private Hands.Outcome perform(SessionEvent.Call call, Duration timeout)
      throws InterruptedException {
    Hands hands = context.parts().hands().open(context.session(), context.definition());
    ToolInvocation invocation =
        new ToolInvocation(
            context.session().id(),
            call.id(),
            Evaluation.input(call),
            timeout,
            (done, total, what) ->
                context.preview(new Preview.CallProgress(call.id(), done, total, what)));
    if (inherited.contains(call.id())) {
      Hands.Outcome outcome = hands.recover(invocation, call.name());
      if (!(outcome instanceof Hands.Outcome.NotStarted)) {
        return outcome;
      }
    }
    if (!context.log().leaseHeld()) {
      throw new AgentException(
          ErrorCode.CONFLICT, "another process runs the session now; it gives the call its result");
    }
    return hands.call(invocation, call.name());
  }

  private Optional<SessionEvent> resultOf(Tasks.Ended<SessionEvent.Call, Hands.Outcome> ended) {
    SessionEvent.Call call = ended.key();
    Hands.Outcome outcome = ended.value();
    if (outcome == null) {
      return Optional.of(CallResults.event(call, results.failure(call, ended.failure())));
    }
    return switch (outcome) {
      case Hands.Outcome.Done done ->
          Optional.of(CallResults.event(call, results.seen(call, done.result())));
      case Hands.Outcome.Interrupted ignored ->
          Optional.of(CallResults.event(call, ToolResult.error(CallResults.INTERRUPTED)));
      case Hands.Outcome.NotStarted ignored ->
          Optional.of(CallResults.event(call, ToolResult.error("The call was not run.")));
      case Hands.Outcome.Pending ignored -> {
        pending.add(call.id());
        yield Optional.empty();
      }
    };
  }

  /** A call that got its result meanwhile gets no second one. */
  private void log(List<? extends SessionEvent> events) throws LeaseLostException {
    context
        .log()
        .append(
            state ->
                events.stream()
                    .filter(
                        event ->
                            event instanceof SessionEvent.Result result
                                && state.openCalls().containsKey(result.callId()))
                    .toList(),
            Append.Durability.TURN);
  }
}
