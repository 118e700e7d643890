package dev.paddock.store;

/** Waiting for threads to end. */
final class Threads {
  private Threads() {}

  /** An interrupt is kept for the caller, the wait goes on. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
