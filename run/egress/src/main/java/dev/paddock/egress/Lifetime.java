package dev.paddock.egress;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection may last. Blocking reads have no time limits of their own: whoever watches
 * asks this and closes the connection.
 */
final class Lifetime {
  private static final long NEVER = Long.MAX_VALUE;

  private final long start = System.nanoTime();
  private final EgressLimits limits;
  private volatile long lastByte = start;
  private volatile long phaseEnd = NEVER;
  private volatile String phase = "";
  private volatile @Nullable String ended;

  Lifetime(EgressLimits limits) {
    this.limits = limits;
  }

  /** From now on, what is going on must be over within this time. */
  void within(Duration time, String what) {
    phase = what + " within " + time.toMillis() / 1000.0 + " s";
    phaseEnd = since(System.nanoTime()) + time.toNanos();
    touch();
  }

  void withoutHurry() {
    phaseEnd = NEVER;
    touch();
  }

  void touch() {
    lastByte = System.nanoTime();
  }

  /** Why it must end now, if it must. */
  Optional<String> over(long now) {
    if (since(now) > phaseEnd) {
      return Optional.of(phase);
    }
    if (since(now) > limits.totalTime().toNanos()) {
      return Optional.of("no end within " + limits.totalTime());
    }
    if (now - lastByte > limits.idleTime().toNanos()) {
      return Optional.of("nothing was sent or received for " + limits.idleTime());
    }
    return Optional.empty();
  }

  void end(String why) {
    if (ended == null) {
      ended = why;
    }
  }

  /** Why it was ended from outside. */
  Optional<String> ended() {
    return Optional.ofNullable(ended);
  }

  private long since(long now) {
    return now - start;
  }
}
