package dev.paddock.store;

import dev.paddock.core.LogEntry;
import dev.paddock.core.spi.Subscription;
import dev.paddock.store.Changes.Watch;
import java.time.Duration;
import java.util.List;

/** Follows a log by reading it: replay and live are the same query. One reader at a time. */
final class LogSubscription implements Subscription {
  private static final Duration LONGEST_WAIT = Duration.ofDays(365);

  private final Watch watch;
  private final Source source;
  private long after;

  LogSubscription(Watch watch, long after, Source source) {
    this.watch = watch;
    this.after = after;
    this.source = source;
  }

  /** Entries after a sequence. */
  interface Source {
    List<LogEntry> read(long after, int limit);
  }

  @Override
  public List<LogEntry> next(int limit, Duration timeout) throws InterruptedException {
    Duration wait = timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT;
    long deadline = System.nanoTime() + wait.toNanos();
    while (!watch.ended()) {
      long version = watch.version();
      List<LogEntry> entries = watch.tail().read(after, limit, source);
      if (!entries.isEmpty()) {
        after = entries.getLast().sequence();
        return entries;
      }
      if (!watch.await(version, deadline)) {
        break;
      }
    }
    return List.of();
  }

  @Override
  public void close() {
    watch.close();
  }
}
