package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/** Files that a box makes to be noticed outside. */
final class TestingFiles {
  private TestingFiles() {}

  static void awaitExists(Path folder, String name) throws IOException, InterruptedException {
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
}
