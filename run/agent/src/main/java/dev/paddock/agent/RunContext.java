package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** One session while it is being run here. */
record RunContext(
    LoopParts parts,
    LoopSettings settings,
    SessionRecord session,
    AgentSource.SessionAgent agent,
    SessionLog log,
    Watch watch) {
  private static final Duration NO_LIMIT = Duration.ofDays(7);

  AgentDefinition definition() {
    return agent.definition();
  }

  Optional<ToolDefinition> tool(String name) {
    return agent.tools().stream().filter(tool -> tool.name().equals(name)).findFirst();
  }

  boolean clientRuns(String name) {
    return agent.clientTools().stream().anyMatch(tool -> tool.name().equals(name));
  }

  void preview(Preview preview) {
    parts.listener().preview(session.id(), preview);
  }

  /** Says that the session runs, unless it said so. */
  void running() throws LeaseLostException {
    if (log.state().status() != SessionStatus.RUNNING) {
      log.append(List.of(new SessionEvent.StatusRunning(EventId.next())));
    }
  }

  CompletableFuture<Cut> arm() {
    return watch.arm(
        log.state().sequence(),
        Spending.deadline(
            definition().budget(), log.state(), log.entries(), parts.clock().instant()));
  }

  /** Does something that takes time, and gives it up at a cut. */
  <T> T cuttable(String name, Callable<T> work)
      throws CutException, LeaseLostException, InterruptedException {
    try (Tasks<String, T> tasks = new Tasks<>(arm(), 1, settings.grace())) {
      tasks.start(name, NO_LIMIT, work);
      Optional<Tasks.Ended<String, T>> ended = tasks.next();
      if (ended.isEmpty()) {
        tasks.end();
        throw cut(tasks.why());
      }
      if (ended.get().failure() instanceof PaddockException e) {
        throw e;
      }
      T value = ended.get().value();
      if (value == null) {
        throw new AgentException(
            ErrorCode.INTERNAL,
            "%s failed: %s".formatted(name, ended.get().failure()),
            ended.get().failure());
      }
      return value;
    }
  }

  static CutException cut(Cut why) throws LeaseLostException {
    if (why == Cut.LEASE_LOST) {
      throw new LeaseLostException();
    }
    return new CutException(why);
  }
}
