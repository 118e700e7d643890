package dev.paddock.store;

import dev.paddock.core.LogEntry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest entries of a log that several follow, so that one of them reads the database and the
 * others take what it read.
 */
final class Tail {
  private static final int MAX_ENTRIES = 64;

  private final AtomicLong changes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Read last = new Read(-1, Long.MAX_VALUE, List.of());

  /**
   * What was read once.
   *
   * @param changes that were known before it was read
   * @param after it holds every entry after this sequence that there was
   */
  private record Read(long changes, long after, List<LogEntry> entries) {
    boolean answers(long known, long asked) {
      return changes >= known && asked >= after;
    }
  }

  /** The log has changed. */
  void outdate() {
    changes.incrementAndGet();
  }

  List<LogEntry> read(long after, int limit, LogSubscription.Source source) {
    long known = changes.get();
    Read read = last;
    if (!read.answers(known, after)) {
      lock.lock();
      try {
        read = last;
        if (!read.answers(known, after)) {
          long began = changes.get();
          List<LogEntry> entries = source.read(after, Math.max(limit, MAX_ENTRIES));
          if (entries.size() >= MAX_ENTRIES) {
            return entries.size() > limit ? entries.subList(0, limit) : entries;
          }
          read = new Read(began, after, entries);
          last = read;
        }
      } finally {
        lock.unlock();
      }
    }
    return read.entries().stream().filter(entry -> entry.sequence() > after).limit(limit).toList();
  }
}
