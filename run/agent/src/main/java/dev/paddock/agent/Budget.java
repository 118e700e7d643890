package dev.paddock.agent;

import java.util.Optional;

/**
 * What a session may use up in all; what is empty has no bound.
 *
 * @param turns model turns
 * @param tokens read and written
 * @param seconds at work; time that waits for a person does not count
 * @param usd US dollars
 */
public record Budget(
    Optional<Integer> turns, Optional<Long> tokens, Optional<Long> seconds, Optional<Double> usd) {
  public static final Budget NONE =
      new Budget(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public static Budget ofTurns(int turns) {
    return new Budget(Optional.of(turns), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
