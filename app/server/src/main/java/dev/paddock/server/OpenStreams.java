package dev.paddock.server;

import dev.paddock.server.spi.EventSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The event streams of this server, so that they can be ended when it stops. */
final class OpenStreams {
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /** One stream and the thread that waits for its events. */
  final class Stream implements AutoCloseable {
    private final EventSource source;
    private final Thread thread = Thread.currentThread();
    private boolean waiting;
    private boolean ended;

    private Stream(EventSource source) {
      this.source = source;
    }

    /** The next events, or the end because the server stops. */
    EventSource.Batch next(Duration wait) throws InterruptedException {
      synchronized (this) {
        if (ended) {
          return EventSource.Batch.END;
        }
        waiting = true;
      }
      try {
        return source.next(wait);
      } catch (InterruptedException e) {
        if (isEnded()) {
          return EventSource.Batch.END;
        }
        throw e;
      } finally {
        synchronized (this) {
          waiting = false;
          if (ended) {
            // The interrupt meant the waiting, not the writing that follows.
            Thread.interrupted();
          }
        }
      }
    }

    private synchronized boolean isEnded() {
      return ended;
    }

    /** Ends it as if its source had ended. */
    synchronized void end() {
      ended = true;
      if (waiting) {
        thread.interrupt();
      }
    }

    @Override
    public void close() {
      streams.remove(this);
      source.close();
    }
  }

  Stream open(EventSource source) {
    Stream stream = new Stream(source);
    streams.add(stream);
    if (stopping && !source.finite()) {
      stream.end();
    }
    return stream;
  }

  int count() {
    return streams.size();
  }

  /** Ends the streams that would go on for ever. */
  void endUnbounded() {
    stopping = true;
    streams.stream().filter(stream -> !stream.source.finite()).forEach(Stream::end);
  }

  void endAll() {
    streams.forEach(Stream::end);
  }
}
