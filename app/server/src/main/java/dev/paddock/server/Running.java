package dev.paddock.server;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The requests that are being answered, so that a server that stops can wait for them. */
final class Running {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;
  private volatile boolean stopping;

  /** One request's time. */
  final class Turn implements AutoCloseable {
    private final boolean admitted;

    private Turn(boolean admitted) {
      this.admitted = admitted;
    }

    boolean admitted() {
      return admitted;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (--count == 0) {
          none.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  Turn begin() {
    lock.lock();
    try {
      count++;
      return new Turn(!stopping);
    } finally {
      lock.unlock();
    }
  }

  boolean stopping() {
    return stopping;
  }

  /** Admits no more. */
  void stop() {
    stopping = true;
  }

  boolean awaitNone(Duration longest) throws InterruptedException {
    long left = longest.toNanos();
    lock.lock();
    try {
      while (count > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
      return count == 0;
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }
}
