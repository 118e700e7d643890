package dev.paddock.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, which knows how long it has been without a request, and whether the client
 * hung up while one is answered. Sockets tell of that only to who reads, so what may be read then
 * is kept for the next request.
 */
final class ClientEndPoint extends SocketChannelEndPoint {
  private static final int EARLY = 512;

  private final AtomicInteger requests = new AtomicInteger();
  private final Connections connections;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable ByteBuffer early;
  private boolean ended;
  private volatile long idleSince = System.nanoTime();

  ClientEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Connections connections) {
    super(channel, selector, key, scheduler);
    this.connections = connections;
  }

  /** The connection that a request came on, below TLS. */
  static ClientEndPoint of(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    return (ClientEndPoint) endPoint;
  }

  @Override
  public void onOpen() {
    connections.opened(this);
    super.onOpen();
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    connections.closed(this);
    super.onClose(cause);
  }

  void requestBegins() {
    requests.incrementAndGet();
  }

  void requestEnds() {
    idleSince = System.nanoTime();
    requests.decrementAndGet();
  }

  boolean idleFor(Duration time) {
    return requests.get() == 0 && System.nanoTime() - idleSince > time.toNanos();
  }

  /** Whether the client closed its side. Only to be asked while nobody else reads. */
  boolean hungUp() {
    lock.lock();
    try {
      if (!isOpen() || ended) {
        return true;
      }
      if (early == null) {
        early = ByteBuffer.allocate(EARLY);
      }
      ended = early.hasRemaining() && getChannel().read(early) < 0;
      return ended;
    } catch (IOException e) {
      ended = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    lock.lock();
    try {
      if (early != null && early.position() > 0) {
        early.flip();
        int taken = BufferUtil.append(buffer, early);
        early.compact();
        return taken;
      }
      if (ended) {
        shutdownInput();
        return -1;
      }
    } finally {
      lock.unlock();
    }
    return super.fill(buffer);
  }

  @Override
  protected void needsFillInterest() {
    if (hasEarly()) {
      // The selector would not tell of what was read already.
      connections.execute(() -> getFillInterest().fillable());
    } else {
      super.needsFillInterest();
    }
  }

  private boolean hasEarly() {
    lock.lock();
    try {
      return ended || (early != null && early.position() > 0);
    } finally {
      lock.unlock();
    }
  }
}
