package dev.paddock.sandbox;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor. The kernel gives a closed number to the next file, so it is closed only
 * when its last user is done.
 */
final class Fd implements AutoCloseable {
  private final int number;
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  Fd(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** A second handle on the same descriptor, closed on its own. */
  Lease lease() {
    int seen = users.get();
    while (seen > 0) {
      if (users.compareAndSet(seen, seen + 1)) {
        return new Lease();
      }
      seen = users.get();
    }
    throw new IllegalStateException("the folder was closed");
  }

  private void release() throws Errno {
    if (users.decrementAndGet() == 0) {
      Posix.close(number);
    }
  }

  @Override
  public void close() throws Errno {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }

  /** Keeps the descriptor open. */
  final class Lease implements AutoCloseable {
    private Lease() {}

    int number() {
      return number;
    }

    @Override
    public void close() throws Errno {
      release();
    }
  }
}
