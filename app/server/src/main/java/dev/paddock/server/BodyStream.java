package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, at most so many bytes. A client that sends nothing for a while, or less than a
 * kilobyte a second on the average, is refused.
 */
final class BodyStream extends InputStream {
  private static final long LEAST_BYTES_A_SECOND = 1024;

  private final Content.Source source;
  private long limit;
  private final Duration patience;
  private final long started = System.nanoTime();
  private Content.@Nullable Chunk chunk;
  private long received;
  private volatile boolean ended;

  /** A body of which nothing is taken before {@link #allow}. */
  BodyStream(Content.Source source, Duration patience) {
    this.source = source;
    this.patience = patience;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (chunk == null || !chunk.hasRemaining()) {
      if (!advance()) {
        return -1;
      }
    }
    int taken = chunk.get(into, offset, length);
    release();
    return taken;
  }

  /** Raises the limit to a route's; a length that is declared larger is refused at once. */
  void allow(long bytes, long declared) {
    limit = bytes;
    if (declared > bytes) {
      throw tooLarge(bytes);
    }
    Content.Chunk first = source.read();
    if (first != null) {
      take(first);
    }
  }

  boolean isReadWhole() {
    return ended;
  }

  private void release() {
    if (chunk != null && !chunk.hasRemaining()) {
      ended |= chunk.isLast();
      chunk.release();
      chunk = null;
    }
  }

  private boolean advance() throws IOException {
    if (chunk != null) {
      release();
    }
    if (ended) {
      return false;
    }
    Content.Chunk next = source.read();
    while (next == null) {
      await();
      next = source.read();
    }
    take(next);
    return true;
  }

  private void take(Content.Chunk next) {
    if (Content.Chunk.isFailure(next)) {
      ended = true;
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "the body is malformed, or was cut off by the client");
    }
    chunk = next;
    received += next.remaining();
    if (received > limit) {
      throw tooLarge(limit);
    }
    if (!next.hasRemaining()) {
      release();
    }
  }

  private void await() throws IOException {
    Semaphore more = new Semaphore(0);
    source.demand(more::release);
    try {
      if (!more.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw slow("no byte of the body came for " + patience.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading a body");
    }
    long seconds =
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started) - patience.toSeconds();
    if (received < seconds * LEAST_BYTES_A_SECOND) {
      throw slow("the body came slower than " + LEAST_BYTES_A_SECOND + " bytes a second");
    }
  }

  private ServerException slow(String why) {
    ended = true;
    return new ServerException(ErrorCode.TIMEOUT, why).withStatus(408);
  }

  private static ServerException tooLarge(long limit) {
    return new ServerException(
            ErrorCode.LIMIT_EXCEEDED,
            "the body is larger than the limit of %,d bytes".formatted(limit))
        .withStatus(413);
  }

  /**
   * Takes what the client still sends, so that it reads its answer instead of a reset connection;
   * not for long.
   */
  void discard(long most, Duration within) throws IOException {
    long deadline = System.nanoTime() + within.toNanos();
    long left = most;
    while (!ended && left > 0 && System.nanoTime() < deadline) {
      Content.Chunk next = chunk != null ? chunk : source.read();
      chunk = null;
      if (next == null) {
        Semaphore more = new Semaphore(0);
        source.demand(more::release);
        try {
          if (!more.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return;
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        continue;
      }
      left -= next.remaining();
      ended = next.isLast() || Content.Chunk.isFailure(next);
      next.skip(next.remaining());
      next.release();
    }
  }
}
