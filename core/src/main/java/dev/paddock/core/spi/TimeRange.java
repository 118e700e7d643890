package dev.paddock.core.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * When something was created: later than {@code after}, no earlier than {@code from}, earlier than
 * {@code before}, no later than {@code to}.
 */
public record TimeRange(
    Optional<Instant> after,
    Optional<Instant> from,
    Optional<Instant> before,
    Optional<Instant> to) {
  public static final TimeRange ANY =
      new TimeRange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public TimeRange withAfter(Instant time) {
    return new TimeRange(Optional.of(time), from, before, to);
  }

  public TimeRange withFrom(Instant time) {
    return new TimeRange(after, Optional.of(time), before, to);
  }

  public TimeRange withBefore(Instant time) {
    return new TimeRange(after, from, Optional.of(time), to);
  }

  public TimeRange withTo(Instant time) {
    return new TimeRange(after, from, before, Optional.of(time));
  }
}
