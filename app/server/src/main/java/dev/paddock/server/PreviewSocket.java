package dev.paddock.server;

import dev.paddock.sandbox.spi.PortConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A WebSocket after its handshake: bytes both ways between a viewer and a program. */
final class PreviewSocket extends AbstractConnection implements Connection.UpgradeTo {
  private static final int BUFFER = 64 << 10;

  private final PortConnection program;
  private final ByteBuffer begun;
  private final Runnable moved;
  private final Runnable ended;
  private final Duration patience;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ByteBuffer buffer = BufferUtil.allocate(BUFFER);
  private ByteBuffer early = BufferUtil.EMPTY_BUFFER;

  /**
   * @param begun what the program has sent already
   * @param ended is run once, at the end
   */
  PreviewSocket(
      EndPoint viewer,
      Executor executor,
      PortConnection program,
      ByteBuffer begun,
      Duration patience,
      Runnable moved,
      Runnable ended) {
    super(viewer, executor);
    this.program = program;
    this.begun = begun;
    this.patience = patience;
    this.moved = moved;
    this.ended = ended;
  }

  @Override
  public void onUpgradeTo(ByteBuffer sent) {
    early = BufferUtil.copy(sent);
  }

  @Override
  public void onOpen() {
    super.onOpen();
    Thread.ofVirtual().name("preview-socket").start(this::toViewer);
    try {
      toProgram(early);
      fillInterested();
    } catch (IOException e) {
      end();
    }
  }

  @Override
  public void onFillable() {
    try {
      int filled;
      while ((filled = getEndPoint().fill(buffer)) > 0) {
        toProgram(buffer);
        BufferUtil.clear(buffer);
      }
      if (filled < 0) {
        end();
      } else {
        fillInterested();
      }
    } catch (IOException e) {
      end();
    }
  }

  private void toProgram(ByteBuffer bytes) throws IOException {
    if (bytes.hasRemaining()) {
      OutputStream to = program.output();
      to.write(BufferUtil.toArray(bytes));
      to.flush();
      moved.run();
    }
  }

  private void toViewer() {
    byte[] bytes = new byte[BUFFER];
    try {
      write(begun);
      int read;
      while ((read = program.input().read(bytes)) >= 0) {
        write(ByteBuffer.wrap(bytes, 0, read));
        moved.run();
      }
    } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
      end();
    }
    end();
  }

  private void write(ByteBuffer bytes)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (bytes.hasRemaining()) {
      Callback.Completable written = new Callback.Completable();
      getEndPoint().write(written, bytes);
      written.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    end();
  }

  void end() {
    if (closed.compareAndSet(false, true)) {
      program.close();
      getEndPoint().close();
      ended.run();
    }
  }
}
