package dev.paddock.sandbox;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts the thread it was made on after a time, unless closed before. Once closed it neither
 * interrupts nor leaves an interrupt of its own behind.
 */
final class CallTimer implements AutoCloseable {
  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("call-timer").factory());

  private final Thread thread = Thread.currentThread();
  private final Future<?> alarm;
  private boolean closed;
  private boolean fired;

  CallTimer(Duration time) {
    alarm = CLOCK.schedule(this::fire, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void fire() {
    if (!closed) {
      fired = true;
      thread.interrupt();
    }
  }

  /** Whether the time was over before it was closed. */
  synchronized boolean fired() {
    return fired;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      alarm.cancel(false);
      if (fired) {
        // The interrupt is this timer's own; the tool answered it or was done before it came.
        Thread.interrupted();
      }
    }
  }
}
