package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells cheaply whether the files in some folders take more than they may. They are measured one by
 * one only when the file system has lost so much free space that they can have grown that far, and
 * now and then, the more seldom the longer it takes.
 */
final class DiskSpace {
  private static final long NEVER = -1;

  /** Measuring takes at most one part in so many of the time. */
  private static final long SHARE = 20;

  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<DiskUse> use;
  private final LongSupplier free;
  private final LongSupplier clock;
  private long used;
  private long freeThen;
  private long measuredAt;
  private long cost = NEVER;
  private long freeFirst;
  private long usedFirst;

  static DiskSpace of(List<Path> folders) throws IOException {
    Map<FileStore, Path> stores = new HashMap<>();
    for (Path folder : folders) {
      stores.put(Files.getFileStore(folder), folder);
    }
    List<Path> places = List.copyOf(stores.values());
    return new DiskSpace(
        () -> DiskUse.of(folders),
        () -> places.stream().mapToLong(place -> place.toFile().getFreeSpace()).sum(),
        System::nanoTime);
  }

  DiskSpace(Supplier<DiskUse> use, LongSupplier free, LongSupplier clock) {
    this.use = use;
    this.free = free;
    this.clock = clock;
  }

  /** Whether both folders lie on a file system that is not larger than the limit. */
  static boolean heldByFileSystem(Path workspace, Path temporary, long limit) throws IOException {
    FileStore store = Files.getFileStore(workspace);
    return store.equals(Files.getFileStore(temporary)) && store.getTotalSpace() <= limit;
  }

  /** What they took when they were last measured. */
  synchronized long used() {
    return used;
  }

  /** Whether they take more than so many bytes, as far as the free space tells. */
  synchronized boolean exceeds(long bytes) {
    return exceeds(bytes, Long.MAX_VALUE);
  }

  /** The same, but measured again after a while: others may free what these files take. */
  synchronized boolean exceedsForSure(long bytes) {
    return exceeds(bytes, Math.max(REFRESH_NANOS, SHARE * cost));
  }

  private boolean exceeds(long bytes, long refresh) {
    if (cost != NEVER) {
      long age = clock.getAsLong() - measuredAt;
      boolean possible = used + Math.max(0, freeThen - free.getAsLong()) > bytes;
      if (age < refresh && !possible) {
        return false;
      }
      if (age < 2 * cost) {
        return used > bytes;
      }
    }
    measure();
    return used > bytes;
  }

  /** Measures them now. */
  synchronized void measure() {
    long before = clock.getAsLong();
    long freeNow = free.getAsLong();
    DiskUse now = use.get();
    if (cost == NEVER) {
      freeFirst = freeNow;
      usedFirst = now.bytes();
    }
    // what is hidden from sight still takes free space
    long hidden = now.complete() ? 0 : usedFirst + Math.max(0, freeFirst - freeNow);
    used = Math.max(now.bytes(), hidden);
    freeThen = freeNow;
    measuredAt = clock.getAsLong();
    cost = measuredAt - before;
  }
}
