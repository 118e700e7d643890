package dev.paddock.server.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Server-sent events, pulled by the connection that writes them, so that a slow client holds back
 * no one but itself. The server sends a comment as a ping while nothing comes.
 */
public interface EventSource extends AutoCloseable {
  /**
   * The next events, waiting up to {@code wait} for the first; empty when none came.
   *
   * @return {@link Batch#last} ends the stream after its events
   */
  Batch next(Duration wait) throws InterruptedException;

  /**
   * Whether the stream ends by itself, as one model's answer does. A server that stops lets such a
   * stream end; others it ends at once, and the client resumes elsewhere.
   */
  default boolean finite() {
    return false;
  }

  /** The client is gone, or the stream ended. */
  @Override
  void close();

  /** Events in order. */
  record Batch(List<Event> events, boolean last) {
    public static final Batch NOTHING = new Batch(List.of(), false);
    public static final Batch END = new Batch(List.of(), true);
  }

  /** One event; {@code data} may have several lines. */
  record Event(Optional<String> id, Optional<String> name, String data) {}
}
