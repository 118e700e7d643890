package dev.paddock.provider.spi;

import java.util.Optional;

/**
 * The events of one request, pulled by its one reader. The last event is {@link ModelEvent.End};
 * after it, and after {@link #close()}, {@link #next()} is empty.
 */
public interface ModelStream extends AutoCloseable {
  /**
   * Waits for the next event.
   *
   * @throws dev.paddock.provider.ModelException when the answer cannot be had or understood; the
   *     stream is then closed
   */
  Optional<ModelEvent> next() throws InterruptedException;

  /** Cancels the request if it still runs; may be called from another thread. */
  @Override
  void close();
}
