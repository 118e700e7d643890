package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Puts the write-ahead log on disk soon after commits that did not wait for it. It forces the log
 * file itself, which SQLite holds no file locks on, so closing it here releases none.
 */
final class LogSync implements AutoCloseable {
  /** Half of the promised 50 ms; the other half is for the disk. */
  private static final Duration DELAY = Duration.ofMillis(25);

  private final Path wal;
  private final Disk disk;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("paddock-store-sync").factory());
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean unsynced;
  private volatile Optional<Exception> failure = Optional.empty();
  private volatile boolean told;

  LogSync(Path wal) {
    this(wal, new WalFile(wal));
  }

  LogSync(Path wal, Disk disk) {
    this.wal = wal;
    this.disk = disk;
  }

  /** Waits until what was written is on disk. */
  interface Disk {
    void force() throws IOException;
  }

  /** Something was committed that is not on disk yet. */
  void later() {
    unsynced = true;
    if (scheduled.compareAndSet(false, true)) {
      ScheduledFuture<?> _ = timer.schedule(this::sync, DELAY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A commit has put everything on disk. */
  void done() {
    unsynced = false;
  }

  /** After a failed sync nobody knows what is on disk: nothing more is written. */
  void check() {
    failure.ifPresent(
        e -> {
          told = true;
          throw new StoreException(
              ErrorCode.UNAVAILABLE,
              "the disk failed to keep %s (%s); check the disk, then restart"
                  .formatted(wal, e.getMessage()),
              e);
        });
  }

  private void sync() {
    scheduled.set(false);
    if (unsynced) {
      unsynced = false;
      try {
        disk.force();
      } catch (IOException | RuntimeException e) {
        failure = Optional.of(e);
      }
    }
  }

  /** Forces what is left; a failure that no writer has been told of is told here. */
  @Override
  public void close() {
    // One that has begun is waited for: an interrupt would close the file under it.
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer.close();
    sync();
    if (!told) {
      check();
    }
  }

  private static final class WalFile implements Disk {
    private final Path wal;
    private boolean nameForced;

    WalFile(Path wal) {
      this.wal = wal;
    }

    @Override
    public void force() throws IOException {
      try (FileChannel log = FileChannel.open(wal, StandardOpenOption.READ)) {
        log.force(false);
      }
      // It was new with this process, unless another one has the database open.
      if (!nameForced) {
        PrivateFiles.forceFolder(PrivateFiles.parent(wal));
        nameForced = true;
      }
    }
  }
}
