package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.core.spi.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Gives calls their results: runs them, or finds out what became of them. */
final class CallRun {
  static final String INTERRUPTED =
      "The call was interrupted before its result was known; it may have run.";
  private static final String NOT_RUN = "The call was not run: the session was interrupted.";
  private static final int PREVIEW_CHARS = 20_000;
  private static final Set<ErrorCode> PLACE_IS_UNFIT =
      Set.of(ErrorCode.ISOLATION_MISSING, ErrorCode.PART_MISSING);

  private final RunContext context;
  private final ThreadRun threads;
  private final Set<EventId> pending = new HashSet<>();

  /** Calls that were in the log before this process ran the session: they may have begun. */
  private final Set<EventId> inherited;

  CallRun(RunContext context, ThreadRun threads) {
    this.context = context;
    this.threads = threads;
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
      Optional<ToolResult> refusal = refusal(call, state);
      if (refusal.isPresent()) {
        log(List.of(result(call, refusal.get())));
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
        unfit = unfit.or(() -> unfit(ended.get().failure()));
        log(resultOf(ended.get()).stream().toList());
      }
    }
    return unfit;
  }

  private void guarded(SessionEvent.Call call, SessionState state) throws LeaseLostException {
    boolean allowed = refusal(call, state).isEmpty();
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
    List<SessionEvent> results = new ArrayList<>();
    for (Tasks.Ended<SessionEvent.Call, Hands.Outcome> ended : tasks.end()) {
      resultOf(ended).ifPresent(results::add);
    }
    CutException cut = RunContext.cut(tasks.why());
    log(results);
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

  private static Optional<ToolResult> refusal(SessionEvent.Call call, SessionState state) {
    return switch (Evaluation.permission(call)) {
      case ALLOW -> Optional.empty();
      case DENY -> Optional.of(ToolResult.error(Evaluation.reason(call)));
      case ASK -> {
        SessionEvent.UserToolConfirmation answer = state.confirmations().get(call.id());
        yield answer != null && answer.result() == Permission.ALLOW
            ? Optional.empty()
            : Optional.of(ToolResult.error(denial(answer)));
      }
    };
  }

  private static String denial(SessionEvent.@Nullable UserToolConfirmation answer) {
    Optional<String> message = answer == null ? Optional.empty() : answer.denyMessage();
    return message
        .map(text -> "The user denied this call: " + text)
        .orElse("The user denied this call.");
  }

  private Optional<SessionEvent> resultOf(Tasks.Ended<SessionEvent.Call, Hands.Outcome> ended) {
    SessionEvent.Call call = ended.key();
    Hands.Outcome outcome = ended.value();
    if (outcome == null) {
      return Optional.of(result(call, failure(call, ended.failure())));
    }
    return switch (outcome) {
      case Hands.Outcome.Done done -> Optional.of(result(call, seen(call, done.result())));
      case Hands.Outcome.Interrupted ignored ->
          Optional.of(result(call, ToolResult.error(INTERRUPTED)));
      case Hands.Outcome.NotStarted ignored ->
          Optional.of(result(call, ToolResult.error("The call was not run.")));
      case Hands.Outcome.Pending ignored -> {
        pending.add(call.id());
        yield Optional.empty();
      }
    };
  }

  private ToolResult failure(SessionEvent.Call call, @Nullable Throwable failure) {
    return ToolResult.error(
        switch (failure) {
          case TimeoutException ignored ->
              "The call took longer than %d s and was ended; it may have run."
                  .formatted(
                      context.settings().timeoutOf(call.name(), context.definition()).toSeconds());
          case InterruptedException ignored -> INTERRUPTED;
          case PaddockException e when unfit(e).isPresent() ->
              "The call was not run: " + e.getMessage();
          case null, default ->
              "The call failed and may have run: "
                  + Optional.ofNullable(failure)
                      .map(Throwable::getMessage)
                      .orElse("no reason given");
        });
  }

  private static Optional<PaddockException> unfit(@Nullable Throwable failure) {
    return failure instanceof PaddockException e && PLACE_IS_UNFIT.contains(e.code())
        ? Optional.of(e)
        : Optional.empty();
  }

  private ToolResult seen(SessionEvent.Call call, ToolResult result) {
    ToolResult seen = result;
    Optional<ToolDefinition> tool = context.tool(call.name());
    if (tool.isPresent()) {
      for (ToolPolicy policy : context.parts().policies()) {
        seen = policy.after(tool.get(), Evaluation.input(call), seen);
      }
    }
    return new ToolResult(
        shown(call, Excerpt.withoutHugeAttachments(seen.content())), seen.isError());
  }

  /** What is too long goes to a file of the sandbox; the model reads its head and tail. */
  private List<ContentBlock> shown(SessionEvent.Call call, List<ContentBlock> content) {
    int most = context.settings().resultChars();
    String text = ContentBlock.textOf(content);
    if (text.length() <= most) {
      return content;
    }
    Optional<String> path = keep(call, text);
    List<ContentBlock> shown =
        new ArrayList<>(
            Excerpt.of(content, path.isPresent() ? Math.min(most, PREVIEW_CHARS) : most));
    shown.add(
        ContentBlock.text(
            path.map(
                    file ->
                        "[%,d characters; the whole result is in %s, read the parts you need]"
                            .formatted(text.length(), file))
                .orElse("[what was cut is not kept]")));
    return shown;
  }

  private Optional<String> keep(SessionEvent.Call call, String text) {
    try {
      return context
          .parts()
          .hands()
          .open(context.session(), context.definition())
          .keep(call.id(), text);
    } catch (PaddockException noRoom) {
      return Optional.empty();
    }
  }

  /** A call that got its result meanwhile gets no second one. */
  private void log(List<? extends SessionEvent> results) throws LeaseLostException {
    context
        .log()
        .append(
            state ->
                results.stream()
                    .filter(
                        event ->
                            event instanceof SessionEvent.Result result
                                && state.openCalls().containsKey(result.callId()))
                    .toList(),
            Append.Durability.TURN);
  }

  static SessionEvent result(SessionEvent.Call call, ToolResult result) {
    return switch (call) {
      case SessionEvent.AgentToolUse e ->
          new SessionEvent.AgentToolResult(
              EventId.next(), e.id(), result.content(), result.isError());
      case SessionEvent.AgentMcpToolUse e ->
          new SessionEvent.AgentMcpToolResult(
              EventId.next(), e.id(), result.content(), result.isError());
      case SessionEvent.AgentCustomToolUse e ->
          new SessionEvent.UserCustomToolResult(
              EventId.next(), e.id(), result.content(), result.isError());
    };
  }

  /** The result of a call that an interrupt found open. */
  static SessionEvent interrupted(SessionEvent.Call call, SessionState state) {
    return result(call, ToolResult.error(Evaluation.begun(call, state) ? INTERRUPTED : NOT_RUN));
  }
}
