package dev.paddock.server.spi;

import dev.paddock.provider.ModelException;
import java.time.Duration;

/** Tries again what a model refused and may do in a moment: at most twice within 5 s. */
public final class Retries {
  private static final int MOST = 2;
  private static final Duration TOGETHER = Duration.ofSeconds(5);
  private static final Duration FIRST_DELAY = Duration.ofMillis(300);

  private final Sleeper sleeper;

  /** Waits between tries. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration delay) throws InterruptedException;
  }

  /** One try. */
  @FunctionalInterface
  public interface Call<T> {
    T call() throws InterruptedException;
  }

  public Retries() {
    this(Thread::sleep);
  }

  public Retries(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  /** What the first try that succeeds returns; the last failure is thrown as it came. */
  public <T> T of(Call<T> call) throws InterruptedException {
    Duration left = TOGETHER;
    Duration delay = FIRST_DELAY;
    for (int retries = 0; ; retries++) {
      long began = System.nanoTime();
      try {
        return call.call();
      } catch (ModelException e) {
        Duration wait = e.retryAfter().orElse(delay);
        left = left.minusNanos(System.nanoTime() - began).minus(wait);
        if (!e.retryable() || retries == MOST || left.isNegative()) {
          throw e;
        }
        sleeper.sleep(wait);
        delay = delay.multipliedBy(3);
      }
    }
  }
}
