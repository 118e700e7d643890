package dev.paddock.provider.spi;

import java.util.List;
import java.util.Optional;

/** How the next token is chosen; what is empty is left to the model's default. */
public record Sampling(
    Optional<Double> temperature,
    Optional<Double> topP,
    Optional<Integer> topK,
    Optional<Long> seed,
    Optional<Integer> maxTokens,
    List<String> stop) {
  public static final Sampling DEFAULT =
      new Sampling(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  public static final Sampling GREEDY =
      new Sampling(
          Optional.of(0.0),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  public Sampling withMaxTokens(int max) {
    return new Sampling(temperature, topP, topK, seed, Optional.of(max), stop);
  }

  public Sampling withSeed(long value) {
    return new Sampling(temperature, topP, topK, Optional.of(value), maxTokens, stop);
  }
}
