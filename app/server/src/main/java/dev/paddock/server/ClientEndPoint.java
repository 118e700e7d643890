package dev.paddock.server;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/** A client's connection, which knows how long it has been without a request. */
final class ClientEndPoint extends SocketChannelEndPoint {
  private final AtomicInteger requests = new AtomicInteger();
  private final Connections connections;
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
  public void onClose(java.lang.@org.jspecify.annotations.Nullable Throwable cause) {
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
}
