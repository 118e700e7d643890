package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Subscription;
import dev.paddock.core.spi.ToolResult;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows sub-agents' threads and takes over what they did. It is told from the two logs, so that
 * it is repeated harmlessly after a crash.
 */
final class ThreadFollow {
  private static final int PAGE = 256;

  private final RunContext context;
  private final Threads threads;
  private final ThreadRun run;

  /** Logs of the threads that are followed. */
  private final Map<String, ReadLog> logs = new HashMap<>();

  ThreadFollow(RunContext context, Threads threads, ThreadRun run) {
    this.context = context;
    this.threads = threads;
    this.run = run;
  }

  /** Takes over what the threads did while no one looked. */
  void catchUp() throws LeaseLostException {
    if (context.log().state().status() == SessionStatus.TERMINATED) {
      return;
    }
    for (String thread : Delegations.of(context.log().entries()).owing(context.log().state())) {
      mirror(thread);
    }
  }

  /** Waits until a thread did something that counts here, or something came in here. */
  void follow(Collection<String> followed)
      throws CutException, LeaseLostException, InterruptedException {
    long before = context.log().state().sequence();
    logs.keySet().retainAll(followed);
    Map<SessionId, SessionState> looked = new LinkedHashMap<>();
    for (String thread : followed) {
      looked.put(SessionId.ofThread(thread), mirror(thread));
    }
    if (context.log().state().sequence() > before) {
      return;
    }
    try (Tasks<String, List<LogEntry>> tasks =
        new Tasks<>(context.arm(), followed.size() + 1, context.settings().grace())) {
      SessionId here = context.log().id();
      Duration patience = context.settings().leaseTtl().multipliedBy(2);
      tasks.start("log", patience, () -> next(here, before));
      looked.forEach(
          (id, state) -> {
            if (state.runnable()) {
              threads.wake(id);
            }
            tasks.start(id.value(), patience, () -> next(id, state.sequence()));
          });
      Optional<Tasks.Ended<String, List<LogEntry>>> ended = tasks.next();
      if (ended.isEmpty()) {
        tasks.end();
        throw stopped(tasks.why());
      }
      if (ended.get().failure() instanceof PaddockException e && e.code() != ErrorCode.NOT_FOUND) {
        throw e;
      }
    }
  }

  private List<LogEntry> next(SessionId id, long after) throws InterruptedException {
    try (Subscription subscription = context.parts().sessions().subscribe(id, after)) {
      return subscription.next(PAGE, context.settings().leaseTtl());
    }
  }

  /** When time is up the threads end, and their calls get a result. */
  private CutException stopped(Cut why) throws LeaseLostException {
    CutException cut = RunContext.cut(why);
    if (why == Cut.OUT_OF_TIME) {
      SessionState state = context.log().state();
      Delegations delegations = Delegations.of(context.log().entries());
      run.interrupt("time/" + state.sequence());
      context
          .log()
          .append(
              now ->
                  now.openCalls().values().stream()
                      .filter(call -> delegations.sent().containsKey(call.id()))
                      .map(
                          call ->
                              CallResults.event(
                                  call, ToolResult.error("The time of this session is used up.")))
                      .toList(),
              Append.Durability.TURN);
    }
    return cut;
  }

  /**
   * @return what the thread's log came to when it was read
   */
  private SessionState mirror(String thread) throws LeaseLostException {
    SessionId id = SessionId.ofThread(thread);
    if (threads.find(context.log().id(), id).isEmpty()) {
      gone(thread);
      return SessionState.EMPTY;
    }
    ReadLog log =
        logs.computeIfAbsent(thread, ignored -> new ReadLog(context.parts().sessions(), id));
    log.refresh();
    context
        .log()
        .append(
            state ->
                ThreadMirror.events(
                    state, Delegations.of(context.log().entries()), id, log.entries()),
            Append.Durability.ACKNOWLEDGED);
    return log.state();
  }

  private void gone(String thread) throws LeaseLostException {
    Delegations delegations = Delegations.of(context.log().entries());
    context
        .log()
        .append(
            state ->
                state.openCalls().values().stream()
                    .filter(call -> thread.equals(delegations.sent().get(call.id())))
                    .map(call -> CallResults.event(call, ToolResult.error("The thread is gone.")))
                    .toList(),
            Append.Durability.TURN);
  }
}
