package dev.paddock.server;

import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.server.spi.ModelCalls;
import java.time.Duration;
import java.util.Optional;

/** Calls of a model that are tried again while nothing has come of them. */
final class RetryingModelCalls implements ModelCalls {
  private static final int RETRIES = 2;
  private static final Duration TOGETHER = Duration.ofSeconds(5);
  private static final Duration FIRST_DELAY = Duration.ofMillis(300);

  private final Sleeper sleeper;

  /** Waits between tries. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration delay) throws InterruptedException;
  }

  RetryingModelCalls() {
    this(Thread::sleep);
  }

  RetryingModelCalls(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  @Override
  public ModelStream stream(Model model, ModelRequest request) throws InterruptedException {
    Duration left = TOGETHER;
    Duration delay = FIRST_DELAY;
    for (int retries = 0; ; retries++) {
      long began = System.nanoTime();
      try {
        return begin(model, request);
      } catch (ModelException e) {
        Duration wait = e.retryAfter().orElse(delay);
        left = left.minusNanos(System.nanoTime() - began).minus(wait);
        if (!e.retryable() || retries == RETRIES || left.isNegative()) {
          throw e;
        }
        sleeper.sleep(wait);
        delay = delay.multipliedBy(3);
      }
    }
  }

  private static ModelStream begin(Model model, ModelRequest request) throws InterruptedException {
    Begun stream = new Begun(model.stream(request));
    try {
      stream.begin();
      return stream;
    } catch (InterruptedException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  /** A stream whose first event was read already, and which ends when its client hangs up. */
  private static final class Begun implements ModelStream {
    private final ModelStream stream;
    private final Optional<HangUps.Watch> watch;
    private Optional<ModelEvent> first = Optional.empty();

    Begun(ModelStream stream) {
      this.stream = stream;
      this.watch =
          HangUps.CLIENT.isBound()
              ? Optional.of(HangUps.CLIENT.get().watch(stream::close))
              : Optional.empty();
    }

    void begin() throws InterruptedException {
      first = next();
    }

    @Override
    public Optional<ModelEvent> next() throws InterruptedException {
      if (first.isPresent()) {
        Optional<ModelEvent> event = first;
        first = Optional.empty();
        return event;
      }
      Optional<ModelEvent> next = stream.next();
      if (next.isEmpty()) {
        watch.ifPresent(HangUps.Watch::close);
      }
      return next;
    }

    @Override
    public void close() {
      watch.ifPresent(HangUps.Watch::close);
      stream.close();
    }
  }
}
