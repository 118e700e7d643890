package dev.paddock.sandbox;

import java.util.concurrent.TimeUnit;

/**
 * Stops the boxes of a sandbox when its files take more than they may. While they do, they may not
 * become much more, so that commands can still delete some.
 */
final class SpaceWatch implements AutoCloseable {
  /** What a command that deletes files may need meanwhile. */
  private static final long ALLOWANCE = 1 << 20;

  private static final long BUSY_MILLIS = 50;
  private static final long IDLE_MILLIS = 500;

  private final DiskSpace space;
  private final long limit;
  private final Runnable stop;
  private long ceiling;
  private int running;
  private boolean started;
  private boolean closed;

  /**
   * @param stop ends everything that could write
   */
  SpaceWatch(DiskSpace space, long limit, Runnable stop) {
    this.space = space;
    this.limit = limit;
    this.stop = stop;
    this.ceiling = limit;
  }

  /** While a command runs it is watched closely. */
  interface Command extends AutoCloseable {
    Command UNWATCHED =
        new Command() {
          @Override
          public void check() {}

          @Override
          public void close() {}
        };

    /** Stops what still runs if the command left more than there may be. */
    void check();

    @Override
    void close();
  }

  synchronized Command begin() {
    if (!started) {
      started = true;
      space.measure();
      ceiling = ceiling();
      Thread.ofPlatform().daemon().name("paddock-space-watch").start(this::watch);
    }
    running++;
    notifyAll();
    return new Command() {
      @Override
      public void check() {
        stopIfFull(false);
      }

      @Override
      public void close() {
        ended();
      }
    };
  }

  private synchronized void ended() {
    running--;
  }

  private synchronized void watch() {
    while (!closed) {
      try {
        TimeUnit.MILLISECONDS.timedWait(this, running > 0 ? BUSY_MILLIS : IDLE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      if (!closed) {
        stopIfFull(running > 0);
      }
    }
  }

  private synchronized void stopIfFull(boolean refreshed) {
    if (refreshed ? space.exceedsForSure(ceiling) : space.exceeds(ceiling)) {
      stop.run();
      space.measure();
      ceiling = ceiling();
    }
    ceiling = Math.min(ceiling, ceiling());
  }

  private long ceiling() {
    return space.used() > limit ? space.used() + ALLOWANCE : limit;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
