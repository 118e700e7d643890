package dev.paddock.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/** A socket of the host that tells whether somebody reached it. */
public final class TestingListener implements AutoCloseable {
  private final SelectableChannel channel;

  private TestingListener(SelectableChannel channel) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
  }

  public static TestingListener unix(Path path) throws IOException {
    return new TestingListener(
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(path)));
  }

  public static TestingListener tcp(String address) throws IOException {
    return new TestingListener(
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName(address), 0)));
  }

  public static TestingListener udp(String address) throws IOException {
    return new TestingListener(
        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getByName(address), 0)));
  }

  public int port() throws IOException {
    return switch (channel) {
      case ServerSocketChannel server -> ((InetSocketAddress) server.getLocalAddress()).getPort();
      case DatagramChannel datagrams -> ((InetSocketAddress) datagrams.getLocalAddress()).getPort();
      default -> throw new IllegalStateException("no port: " + channel);
    };
  }

  /** Whether a connection or a datagram has arrived. */
  public boolean hit() throws IOException {
    return switch (channel) {
      case ServerSocketChannel server -> {
        var connection = server.accept();
        if (connection != null) {
          connection.close();
        }
        yield connection != null;
      }
      case DatagramChannel datagrams -> datagrams.receive(ByteBuffer.allocate(64)) != null;
      default -> throw new IllegalStateException("cannot be reached: " + channel);
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
