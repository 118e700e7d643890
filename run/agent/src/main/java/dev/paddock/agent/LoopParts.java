package dev.paddock.agent;

import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Leases;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.ToolPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the loop works with.
 *
 * @param policies asked after the agent's own rules, in order; the strictest answer holds
 * @param blobs where traces go
 * @param random the jitter of retries
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
    RandomGenerator random) {

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
        RandomGenerator.getDefault());
  }

  /** Waits, and in tests does not. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }
}
