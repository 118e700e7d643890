package dev.paddock.gemini;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Subscription;
import dev.paddock.server.spi.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Waits for entries of a session's log until the session is gone or the store is closed. A store
 * that closes ends its subscriptions first, and who asks them on and on would keep it from closing.
 */
final class LogReader implements AutoCloseable {
  private static final int PAGE = 256;

  /** A subscription that comes back this soon with nothing did not wait: it was closed. */
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  private final Platform platform;
  private final SessionId session;
  private final Subscription log;

  LogReader(Platform platform, SessionId session, long after) {
    this.platform = platform;
    this.session = session;
    this.log = platform.sessions().subscribe(session, after);
  }

  /**
   * The next entries, none when none came within {@code wait}, which is longer than 0.1 s; empty
   * when there will be no more.
   */
  Optional<List<LogEntry>> next(Duration wait) throws InterruptedException {
    long began = System.nanoTime();
    List<LogEntry> entries = log.next(PAGE, wait);
    if (!entries.isEmpty()) {
      return Optional.of(entries);
    }
    boolean waited = System.nanoTime() - began > AT_ONCE.toNanos();
    return waited && platform.sessions().find(session).isPresent()
        ? Optional.of(entries)
        : Optional.empty();
  }

  @Override
  public void close() {
    log.close();
  }
}
