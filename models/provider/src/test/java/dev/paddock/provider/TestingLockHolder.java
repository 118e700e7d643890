package dev.paddock.provider;

import java.nio.file.Path;

/** Holds a lock until its input ends. */
final class TestingLockHolder {
  private TestingLockHolder() {}

  public static void main(String[] arguments) throws Exception {
    try (PullLock _ = PullLock.take(Path.of(arguments[0]), PullProgress.NONE)) {
      System.out.print("held");
      System.out.flush();
      while (System.in.read() >= 0) {
        // Only the end matters.
      }
    }
  }
}
