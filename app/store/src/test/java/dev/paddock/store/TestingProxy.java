package dev.paddock.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicReference;

/** Stands between a store and its server, and cuts the line at a commit when it is told to. */
final class TestingProxy implements AutoCloseable {
  /** When the line is cut. */
  enum Cut {
    NEVER,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NEVER);

  TestingProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** The next commit meets it, once. */
  void cut(Cut when) {
    next.set(when);
  }

  boolean hasCut() {
    return next.get() == Cut.NEVER;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Line line = new Line(client, server);
        Thread.ofVirtual().start(line::towardsServer);
        Thread.ofVirtual().start(line::towardsClient);
      }
    } catch (SocketException e) {
      if (!entrance.isClosed()) {
        throw new UncheckedIOException(e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One connection. */
  private final class Line {
    private final Socket client;
    private final Socket server;
    private volatile boolean deaf;

    Line(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void towardsServer() {
      pump(client, server, true);
    }

    void towardsClient() {
      pump(server, client, false);
    }

    private void pump(Socket from, Socket to, boolean watched) {
      byte[] bytes = new byte[1 << 16];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          boolean commit = watched && new String(bytes, 0, n, ISO_8859_1).contains("COMMIT");
          Cut cut = commit ? next.getAndSet(Cut.NEVER) : Cut.NEVER;
          if (cut == Cut.BEFORE_COMMIT || (!watched && deaf)) {
            return;
          }
          deaf = cut == Cut.AFTER_COMMIT || deaf;
          out.write(bytes, 0, n);
          out.flush();
        }
      } catch (SocketException e) {
        // The other direction was cut, or one side closed: the line is down.
        deaf = true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** No new connection from here on; those that exist stay. */
  void refuse() throws IOException {
    entrance.close();
  }

  @Override
  public void close() throws IOException {
    refuse();
  }
}
