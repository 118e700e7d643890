package dev.paddock.server;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many connections to programs are open at once: in all, and for one preview. */
final class PreviewSlots {
  static final int MOST = 128;
  static final int MOST_OF_ONE = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Map<String, Integer> taken = new HashMap<>();
  private int all;

  /** Whether there was room within the time; else nothing is taken. */
  boolean take(String preview, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (all >= MOST || taken.getOrDefault(preview, 0) >= MOST_OF_ONE) {
        if (left <= 0) {
          return false;
        }
        left = freed.awaitNanos(left);
      }
      all++;
      taken.merge(preview, 1, Integer::sum);
      return true;
    } finally {
      lock.unlock();
    }
  }

  void free(String preview) {
    lock.lock();
    try {
      all--;
      taken.computeIfPresent(preview, (id, count) -> count == 1 ? null : count - 1);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return all;
    } finally {
      lock.unlock();
    }
  }
}
