package dev.paddock.agent;

import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Hands with a journal that outlives the process; every effect is counted. */
final class TestingHands implements Hands {
  /** A place within a call where a process can die. */
  enum Stage {
    BEFORE_BEGIN,
    BEGUN,
    EFFECT_DONE,
    COMPLETED
  }

  /** What a tool does. */
  @FunctionalInterface
  interface Body {
    ToolResult run(ToolInvocation invocation, String tool) throws InterruptedException;
  }

  private final Map<EventId, Optional<ToolResult>> journal = new HashMap<>();
  private final Map<EventId, Integer> effects = new HashMap<>();
  private final List<ToolInvocation> invocations = new ArrayList<>();
  private final Body body;
  private final TestingSessions process;
  private BiPredicate<Integer, Stage> dieAt = (call, stage) -> false;
  private boolean pending;
  private boolean keeps;
  private final Map<String, String> kept = new HashMap<>();
  private int calls;
  private int opened;

  TestingHands(TestingSessions process, Body body) {
    this.process = process;
    this.body = body;
  }

  synchronized void dieAt(BiPredicate<Integer, Stage> when) {
    dieAt = when;
  }

  /** From now on results come as events. */
  synchronized void remote() {
    pending = true;
  }

  synchronized Map<EventId, Integer> effects() {
    return Map.copyOf(effects);
  }

  synchronized List<ToolInvocation> invocations() {
    return List.copyOf(invocations);
  }

  synchronized int opened() {
    return opened;
  }

  synchronized TestingHands open() {
    opened++;
    return this;
  }

  @Override
  public Outcome call(ToolInvocation invocation, String tool) throws InterruptedException {
    int number;
    synchronized (this) {
      if (pending) {
        return new Outcome.Pending();
      }
      Outcome known = lookup(invocation.callId());
      if (!(known instanceof Outcome.NotStarted)) {
        return known;
      }
      number = ++calls;
      live(number, Stage.BEFORE_BEGIN);
      journal.put(invocation.callId(), Optional.empty());
      invocations.add(invocation);
      live(number, Stage.BEGUN);
    }
    ToolResult result = body.run(invocation, tool);
    synchronized (this) {
      effects.merge(invocation.callId(), 1, Integer::sum);
      live(number, Stage.EFFECT_DONE);
      journal.put(invocation.callId(), Optional.of(result));
      live(number, Stage.COMPLETED);
    }
    return new Outcome.Done(result);
  }

  private void live(int call, Stage stage) {
    if (dieAt.test(call, stage)) {
      process.kill();
    }
    if (process.dead()) {
      throw new TestingSessions.Killed();
    }
  }

  @Override
  public synchronized Outcome recover(ToolInvocation invocation, String tool) {
    return pending ? new Outcome.Pending() : lookup(invocation.callId());
  }

  private Outcome lookup(EventId call) {
    Optional<ToolResult> known = journal.get(call);
    if (known == null) {
      return new Outcome.NotStarted();
    }
    return known.<Outcome>map(Outcome.Done::new).orElseGet(Outcome.Interrupted::new);
  }

  /** Results are kept from now on. */
  synchronized void keeps() {
    keeps = true;
  }

  synchronized Map<String, String> kept() {
    return Map.copyOf(kept);
  }

  @Override
  public synchronized Optional<String> keep(EventId callId, String text) {
    if (!keeps) {
      return Optional.empty();
    }
    String path = "/workspace/" + callId + ".txt";
    kept.put(path, text);
    return Optional.of(path);
  }

  @Override
  public void close() {}
}
