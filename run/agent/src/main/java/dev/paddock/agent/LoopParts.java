package dev.paddock.agent;

import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Leases;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.ToolPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What the loop works with.
 *
 * @param policies asked after the agent's own rules, in order; the strictest answer holds
 * @param blobs where traces go
 * @param random the jitter of retries
 * @param threads where sub-agents work; without it no roster is offered
 * @param secrets values that no agent of a session may say, for guardrails
 */
public record LoopParts(
    Sessions sessions,
    Leases leases,
    Blobs blobs,
    AgentSource agents,
    ModelSource models,
    HandsSource hands,
    List<ToolPolicy> policies,
    TurnListener listener,
    Clock clock,
    Sleeper sleeper,
    RandomGenerator random,
    Optional<Threads> threads,
    Function<SessionRecord, List<String>> secrets) {

  /** With the system's clock and no further policies. */
  public static LoopParts of(
      Sessions sessions,
      Leases leases,
      Blobs blobs,
      AgentSource agents,
      ModelSource models,
      HandsSource hands,
      TurnListener listener) {
    return new LoopParts(
        sessions,
        leases,
        blobs,
        agents,
        models,
        hands,
        List.of(),
        listener,
        Clock.systemUTC(),
        Thread::sleep,
        RandomGenerator.getDefault(),
        Optional.empty(),
        ignored -> List.of());
  }

  public LoopParts withThreads(Threads below) {
    return new LoopParts(
        sessions,
        leases,
        blobs,
        agents,
        models,
        hands,
        policies,
        listener,
        clock,
        sleeper,
        random,
        Optional.of(below),
        secrets);
  }

  public LoopParts withSecrets(Function<SessionRecord, List<String>> known) {
    return new LoopParts(
        sessions, leases, blobs, agents, models, hands, policies, listener, clock, sleeper, random,
        threads, known);
  }

  /** Waits, and in tests does not. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }
}
