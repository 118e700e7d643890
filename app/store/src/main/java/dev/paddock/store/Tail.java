package dev.paddock.store;

import dev.paddock.core.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest entries of a log that several follow, so that one of them reads the database and the
 * others take what it read.
 */
final class Tail {
  private static final int MAX_ENTRIES = 64;

  private final AtomicLong changes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<Read> last =
      new AtomicReference<>(new Read(-1, Long.MAX_VALUE, List.of()));

  /**
   * What was read once, or taken over from those who appended it.
   *
   * @param changes that were known before it was read
   * @param after it holds every entry after this sequence that there was
   */
  private record Read(long changes, long after, List<LogEntry> entries) {
    boolean answers(long known, long asked) {
      return changes >= known && asked >= after;
    }

    long end() {
      return entries.isEmpty() ? after : entries.getLast().sequence();
    }

    Read with(List<LogEntry> added, long now) {
      List<LogEntry> all = new ArrayList<>(entries);
      all.addAll(added);
      int surplus = Math.max(0, all.size() - MAX_ENTRIES);
      return new Read(
          now,
          surplus == 0 ? after : all.get(surplus - 1).sequence(),
          List.copyOf(all.subList(surplus, all.size())));
    }
  }

  /** The log has changed. */
  void outdate() {
    changes.incrementAndGet();
  }

  /** These were appended: where they follow what is known, nobody has to read them. */
  void grow(List<LogEntry> added) {
    long now = changes.incrementAndGet();
    Read known = last.get();
    if (known.changes() == now - 1 && known.end() == added.getFirst().sequence() - 1) {
      last.compareAndSet(known, known.with(added, now));
    }
  }

  List<LogEntry> read(long after, int limit, LogSubscription.Source source) {
    long known = changes.get();
    Read read = last.get();
    if (!read.answers(known, after)) {
      lock.lock();
      try {
        read = last.get();
        if (!read.answers(known, after)) {
          long began = changes.get();
          List<LogEntry> entries = source.read(after, Math.max(limit, MAX_ENTRIES));
          if (entries.size() >= MAX_ENTRIES) {
            return entries.size() > limit ? entries.subList(0, limit) : entries;
          }
          Read fresh = new Read(began, after, entries);
          last.compareAndSet(read, fresh);
          read = fresh;
        }
      } finally {
        lock.unlock();
      }
    }
    return read.entries().stream().filter(entry -> entry.sequence() > after).limit(limit).toList();
  }
}
