package dev.paddock.agent;

import dev.paddock.core.spi.Hands;
import java.time.Duration;
import java.util.Map;

/**
 * How the loop runs sessions.
 *
 * @param holder names this process in leases
 * @param leaseTtl renewed at a third of it
 * @param tick how often time is looked at while work runs
 * @param grace what a call has to end by itself once it is cut
 * @param parallelCalls of one turn that run at once
 * @param callTimeouts by tool, where it is not {@link Hands#DEFAULT_TIMEOUT}; the agent's own
 *     {@code command} limit wins for tools that are not named here
 * @param timeoutMargin what a call has beyond its timeout before the loop ends it
 * @param resultChars of a call's result that stand in the log, about 100,000 tokens; what is longer
 *     goes to a file
 * @param trace asks every turn for its trace
 */
public record LoopSettings(
    String holder,
    Duration leaseTtl,
    Duration tick,
    Duration grace,
    int parallelCalls,
    Map<String, Duration> callTimeouts,
    Duration timeoutMargin,
    int resultChars,
    boolean trace) {

  public static LoopSettings defaults(String holder) {
    return new LoopSettings(
        holder,
        Duration.ofSeconds(30),
        Duration.ofMillis(200),
        Duration.ofMillis(300),
        8,
        Map.of(),
        Duration.ofSeconds(30),
        300_000,
        false);
  }

  public LoopSettings withCallTimeouts(Map<String, Duration> byTool) {
    return new LoopSettings(
        holder, leaseTtl, tick, grace, parallelCalls, byTool, timeoutMargin, resultChars, trace);
  }

  public LoopSettings withLeaseTtl(Duration ttl) {
    return new LoopSettings(
        holder, ttl, tick, grace, parallelCalls, callTimeouts, timeoutMargin, resultChars, trace);
  }

  public LoopSettings traced() {
    return new LoopSettings(
        holder,
        leaseTtl,
        tick,
        grace,
        parallelCalls,
        callTimeouts,
        timeoutMargin,
        resultChars,
        true);
  }

  Duration timeoutOf(String tool, AgentDefinition agent) {
    Duration own = callTimeouts.get(tool);
    return own != null
        ? own
        : agent
            .environment()
            .limits()
            .command()
            .map(Duration::ofSeconds)
            .orElse(Hands.DEFAULT_TIMEOUT);
  }
}
