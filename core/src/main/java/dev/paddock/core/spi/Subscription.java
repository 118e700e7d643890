package dev.paddock.core.spi;

import dev.paddock.core.LogEntry;
import java.time.Duration;
import java.util.List;

/**
 * A reader's place in a log. The subscriber pulls, so a slow one holds no memory and no one else
 * up.
 */
public interface Subscription extends AutoCloseable {
  /**
   * The next entries, at most {@code limit}, waiting up to {@code timeout} for the first; empty
   * when none came or the subscription was closed.
   */
  List<LogEntry> next(int limit, Duration timeout) throws InterruptedException;

  @Override
  void close();
}
