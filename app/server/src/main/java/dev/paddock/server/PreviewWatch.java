package dev.paddock.server;

import dev.paddock.core.PaddockException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Cuts off connections to programs on which nothing moves for too long, and those of previews that
 * are no longer open.
 */
final class PreviewWatch {
  private static final long CHECK_NANOS = Duration.ofSeconds(3).toNanos();

  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();

  /** A connection that must move. */
  final class Wait implements AutoCloseable {
    private final BooleanSupplier open;
    private final Runnable cut;
    private volatile long deadline;
    private volatile boolean late;
    private long checked = System.nanoTime();

    private Wait(Duration longest, BooleanSupplier open, Runnable cut) {
      this.open = open;
      this.cut = cut;
      extend(longest);
    }

    /** Something moved. */
    void extend(Duration longest) {
      deadline = System.nanoTime() + longest.toNanos();
    }

    /** Whether it was cut off because nothing moved. */
    boolean late() {
      return late;
    }

    private void look(long now) {
      late = now - deadline > 0;
      if (late || (now - checked > CHECK_NANOS && !stillOpen(now))) {
        end();
      }
    }

    private boolean stillOpen(long now) {
      checked = now;
      try {
        return open.getAsBoolean();
      } catch (PaddockException unknown) { // the next look tells
        return true;
      }
    }

    private void end() {
      close();
      cut.run();
    }

    @Override
    public void close() {
      waits.remove(this);
    }
  }

  /**
   * Begins to watch.
   *
   * @param open whether the preview is
   * @param cut ends the connection; must be quick
   */
  Wait begin(Duration longest, BooleanSupplier open, Runnable cut) {
    Wait wait = new Wait(longest, open, cut);
    waits.add(wait);
    return wait;
  }

  /** To be called every second. */
  void look() {
    long now = System.nanoTime();
    waits.forEach(wait -> wait.look(now));
  }

  void endAll() {
    waits.forEach(Wait::end);
  }
}
