package dev.paddock.inference;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed crew for short parallel loops, called by one thread at a time. Items are claimed one by
 * one, so a helper that the system does not run leaves its work to the others. Helpers spin briefly
 * between loops and then park, so that an idle or crowded machine is not burdened.
 */
final class Workers implements AutoCloseable {
  private static final int SPINS = 4_000;

  private final Partner[] helpers;
  private volatile @Nullable Loop current;
  private volatile boolean closed;

  Workers(int threads) {
    helpers = new Partner[Math.max(0, threads - 1)];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Partner(i + 1);
      helpers[i].start();
    }
  }

  static int defaultThreads() {
    return Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16);
  }

  /** Work on one item. */
  @FunctionalInterface
  interface Task {
    /**
     * @param worker 0 for the caller, below {@link #size()} for all
     */
    void run(int item, int worker);
  }

  int size() {
    return helpers.length + 1;
  }

  /** Runs all items and returns when the last one is done; the first failure is thrown. */
  void run(int items, Task task) {
    if (helpers.length == 0 || items <= 1) {
      for (int i = 0; i < items; i++) {
        task.run(i, 0);
      }
      return;
    }
    Loop loop = new Loop(items, task);
    current = loop;
    for (Partner helper : helpers) {
      if (helper.parked) {
        LockSupport.unpark(helper);
      }
    }
    loop.work(0);
    loop.await();
    current = null;
    RuntimeException failure = loop.failure.get();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Partner helper : helpers) {
      LockSupport.unpark(helper);
    }
  }

  private static final class Loop {
    private final int items;
    private final Task task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    Loop(int items, Task task) {
      this.items = items;
      this.task = task;
    }

    void work(int worker) {
      for (int i = next.getAndIncrement(); i < items; i = next.getAndIncrement()) {
        try {
          task.run(i, worker);
        } catch (RuntimeException e) {
          failure.compareAndSet(null, e);
        } finally {
          done.incrementAndGet();
        }
      }
    }

    void await() {
      for (int spins = 0; done.get() < items; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(this, 20_000);
        }
      }
    }
  }

  private final class Partner extends Thread {
    private final int index;
    private volatile boolean parked;

    Partner(int index) {
      super("paddock-engine-" + index);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      Loop last = null;
      int spins = 0;
      while (!closed) {
        Loop loop = current;
        if (loop != null && loop != last) {
          loop.work(index);
          last = loop;
          spins = 0;
        } else if (spins++ < SPINS) {
          Thread.onSpinWait();
        } else {
          parked = true;
          loop = current;
          if (!closed && (loop == null || loop == last)) {
            LockSupport.park(Workers.this);
          }
          parked = false;
          spins = 0;
        }
      }
    }
  }
}
