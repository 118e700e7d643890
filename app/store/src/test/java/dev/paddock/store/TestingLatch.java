package dev.paddock.store;

import java.util.concurrent.CountDownLatch;

/** Waiting for other threads in tests. */
final class TestingLatch {
  private TestingLatch() {}

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until that thread waits for something. */
  static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
