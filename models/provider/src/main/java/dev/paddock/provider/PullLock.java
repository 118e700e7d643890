package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** One fetch of a name at a time, on the whole machine. The file lock ends with its process. */
final class PullLock implements AutoCloseable {
  private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

  private final ReentrantLock here;
  private final FileLock lock;

  private PullLock(ReentrantLock here, FileLock lock) {
    this.here = here;
    this.lock = lock;
  }

  static PullLock take(Path file, PullProgress progress) throws InterruptedException {
    ReentrantLock here =
        HERE.computeIfAbsent(file.toAbsolutePath().normalize(), p -> new ReentrantLock());
    if (!here.tryLock()) {
      progress.step("waiting for another fetch", 0, 0);
      here.lockInterruptibly();
    }
    boolean taken = false;
    try {
      Files.createDirectories(file.getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          progress.step("waiting for another process's fetch", 0, 0);
          lock = channel.lock();
        }
        taken = true;
        return new PullLock(here, lock);
      } finally {
        if (!taken) {
          channel.close();
        }
      }
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      throw new InterruptedException(e.getClass().getSimpleName());
    } catch (IOException e) {
      throw LocalModelFiles.failed(file, e);
    } finally {
      if (!taken) {
        here.unlock();
      }
    }
  }

  @Override
  public void close() {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw new ModelException(ErrorCode.INTERNAL, "cannot release the lock of a fetch", e);
    } finally {
      here.unlock();
    }
  }
}
