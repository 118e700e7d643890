package dev.paddock.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that reach it, and closes each connection after the first ones. */
final class TestingListener implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  private final AtomicLong received = new AtomicLong();

  TestingListener() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (true) {
      try (Socket socket = server.accept()) {
        received.addAndGet(Math.max(0, socket.getInputStream().read(new byte[8192])));
      } catch (IOException closed) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  int port() {
    return server.getLocalPort();
  }

  long received() {
    return received.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
