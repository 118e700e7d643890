package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Files that a box makes to be noticed outside. */
public final class TestingFiles {
  private TestingFiles() {}

  public static void awaitExists(Path folder, String name)
      throws IOException, InterruptedException {
    Path file = folder.resolve(name);
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      WatchKey key = folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(file)) {
        WatchKey signalled = watch.poll(30, TimeUnit.SECONDS);
        if (signalled == null || !key.reset()) {
          throw new IOException(file + " did not appear within 30 s");
        }
      }
    }
  }

  /** Whether the file appears before the condition says that it no longer can. */
  static boolean appears(Path file, BooleanSupplier over) {
    becomes(() -> Files.exists(file) || over.getAsBoolean());
    return Files.exists(file);
  }

  /** Waits for something that other processes do; false if it does not come true in a minute. */
  public static boolean becomes(BooleanSupplier condition) {
    return becomes(condition, 60);
  }

  public static boolean becomes(BooleanSupplier condition, int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(5_000_000);
    }
    return true;
  }
}
