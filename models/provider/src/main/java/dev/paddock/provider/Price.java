package dev.paddock.provider;

import dev.paddock.core.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * What a model costs, in USD per million tokens.
 *
 * @param cacheRead of prompt tokens read from a cache; the input price where it is empty
 * @param cacheWrite of prompt tokens written to a cache; the input price where it is empty
 */
public record Price(
    BigDecimal input,
    BigDecimal output,
    Optional<BigDecimal> cacheRead,
    Optional<BigDecimal> cacheWrite) {
  static final Price FREE =
      new Price(BigDecimal.ZERO, BigDecimal.ZERO, Optional.empty(), Optional.empty());

  /** The cost in USD, to the millionth part of a cent. */
  public BigDecimal of(Usage usage) {
    return times(input, usage.inputTokens())
        .add(times(output, usage.outputTokens()))
        .add(times(cacheRead.orElse(input), usage.cacheReadTokens()))
        .add(times(cacheWrite.orElse(input), usage.cacheCreationTokens()))
        .movePointLeft(6)
        .setScale(8, RoundingMode.HALF_UP);
  }

  private static BigDecimal times(BigDecimal price, long tokens) {
    return price.multiply(BigDecimal.valueOf(tokens));
  }
}
