package dev.paddock.server;

import dev.paddock.core.SessionId;
import dev.paddock.node.PortPreviews;
import dev.paddock.sandbox.spi.PortConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A program in a sandbox, which answers each connection as it is told to. */
final class TestingProgram implements PortPreviews.Ports, AutoCloseable {
  private final ServerSocket socket;
  final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
  final AtomicInteger uses = new AtomicInteger();
  volatile boolean running = true;
  private volatile Answer answer = (head, in, out) -> {};

  /** How a connection is answered, of which the head was read. */
  interface Answer {
    void give(String head, InputStream in, OutputStream out) throws IOException;
  }

  TestingProgram() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  void answers(Answer how) {
    answer = how;
  }

  void answers(String bytes) {
    answer = (head, in, out) -> out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  String head() throws InterruptedException {
    return Optional.ofNullable(heads.poll(20, TimeUnit.SECONDS)).orElse("nothing was asked");
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        Thread.ofPlatform().daemon().start(() -> serve(connection));
      }
    } catch (SocketException closed) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.append((char) next);
      }
      heads.add(head.toString());
      answer.give(head.toString(), in, connection.getOutputStream());
      connection.shutdownOutput();
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException gone) {
      heads.add("gone: " + gone);
    }
  }

  @Override
  public Optional<PortConnection> connect(SessionId session, int port) {
    if (!running) {
      return Optional.empty();
    }
    try {
      Socket to = new Socket(InetAddress.getLoopbackAddress(), socket.getLocalPort());
      return Optional.of(new Connection(to, to.getInputStream(), to.getOutputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void used(SessionId session) {
    uses.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private record Connection(Socket socket, InputStream input, OutputStream output)
      implements PortConnection {
    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
