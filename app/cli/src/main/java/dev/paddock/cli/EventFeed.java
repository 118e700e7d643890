package dev.paddock.cli;

import java.time.Duration;
import java.util.List;

/** A session's events, from the first on, as they come. */
interface EventFeed extends AutoCloseable {
  /** The next ones, waiting for the first; none when none came in time. */
  List<ShownEvent> next(Duration wait) throws InterruptedException;

  /** Whether everything that the session has was given out. */
  boolean whole();

  @Override
  void close();
}
