package dev.paddock.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/** Writes to a client, which must take each piece in time. */
final class ResponseSink {
  private static final int PIECE = 64 << 10;

  private final Response response;
  private final Duration patience;

  ResponseSink(Response response, Duration patience) {
    this.response = response;
    this.patience = patience;
  }

  /** A client that does not read. */
  static final class SlowClientException extends IOException {
    private static final long serialVersionUID = 1L;

    SlowClientException(Duration patience) {
      super("the client took nothing for " + patience.toSeconds() + " s");
    }
  }

  void write(boolean last, byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    do {
      int size = Math.min(PIECE, end - at);
      piece(last && at + size == end, ByteBuffer.wrap(bytes, at, size));
      at += size;
    } while (at < end);
  }

  private void piece(boolean last, ByteBuffer bytes) throws IOException {
    Callback.Completable written = new Callback.Completable(Invocable.InvocationType.NON_BLOCKING);
    response.write(last, bytes, written);
    try {
      written.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SlowClientException(patience);
    } catch (ExecutionException e) {
      throw new IOException("the client hung up: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing");
    }
  }
}
