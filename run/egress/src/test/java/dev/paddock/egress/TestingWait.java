package dev.paddock.egress;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes do. */
final class TestingWait {
  private TestingWait() {}

  /** False if it does not come true in a minute. */
  static boolean until(BooleanSupplier condition) {
    return until(condition, 60);
  }

  static boolean until(BooleanSupplier condition, int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(2_000_000);
    }
    return true;
  }
}
