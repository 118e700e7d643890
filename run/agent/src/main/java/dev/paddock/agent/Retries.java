package dev.paddock.agent;

import dev.paddock.core.PaddockException;
import dev.paddock.provider.ModelException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When a model request that failed is asked again: at most 5 times within 60 s. */
final class Retries {
  private static final int MAX = 5;
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration FIRST = Duration.ofSeconds(1);

  private final Clock clock;
  private final RandomGenerator random;
  private int failures;
  private Instant since = Instant.EPOCH;

  Retries(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  int failures() {
    return failures;
  }

  void succeeded() {
    failures = 0;
  }

  /**
   * The wait before the next try: what the provider asked for, else twice the last one less up to a
   * half; empty when it is no use or too late.
   */
  Optional<Duration> afterFailure(PaddockException failure) {
    Instant now = clock.instant();
    since = failures == 0 ? now : since;
    failures++;
    if (!failure.retryable() || failures > MAX) {
      return Optional.empty();
    }
    Duration wait =
        failure instanceof ModelException e && e.retryAfter().isPresent()
            ? e.retryAfter().get()
            : backoff();
    return now.plus(wait).isAfter(since.plus(WINDOW)) ? Optional.empty() : Optional.of(wait);
  }

  private Duration backoff() {
    long most = FIRST.toMillis() << (failures - 1);
    return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
  }
}
