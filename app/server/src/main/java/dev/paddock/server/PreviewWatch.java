package dev.paddock.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Cuts off connections to programs on which nothing moves for too long. */
final class PreviewWatch {
  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();

  /** A connection that must move. */
  final class Wait implements AutoCloseable {
    private final Runnable cut;
    private volatile long deadline;
    private volatile boolean over;

    private Wait(Duration longest, Runnable cut) {
      this.cut = cut;
      extend(longest);
    }

    /** Something moved. */
    void extend(Duration longest) {
      deadline = System.nanoTime() + longest.toNanos();
    }

    boolean over() {
      return over;
    }

    @Override
    public void close() {
      waits.remove(this);
    }
  }

  Wait begin(Duration longest, Runnable cut) {
    Wait wait = new Wait(longest, cut);
    waits.add(wait);
    return wait;
  }

  /** To be called every now and then. */
  void look() {
    long now = System.nanoTime();
    for (Wait wait : waits) {
      if (now - wait.deadline > 0) {
        wait.close();
        wait.over = true;
        wait.cut.run();
      }
    }
  }
}
