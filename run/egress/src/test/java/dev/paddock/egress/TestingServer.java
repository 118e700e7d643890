package dev.paddock.egress;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An HTTP server on a loopback address, which is the canary: it notes what reaches it. */
final class TestingServer implements AutoCloseable {
  private final ServerSocket server;
  private final Function<Seen, String> answers;
  private final AtomicInteger connections = new AtomicInteger();
  final List<Seen> seen = new CopyOnWriteArrayList<>();

  /** A request as it arrived. */
  record Seen(String start, Headers headers, String body) {
    String header(String name) {
      return String.join(",", headers.all(name));
    }
  }

  TestingServer(ServerSocket server, Function<Seen, String> answers) {
    this.server = server;
    this.answers = answers;
    Thread.ofVirtual().start(this::accept);
  }

  static TestingServer answering(Function<Seen, String> answers) throws IOException {
    return new TestingServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answers);
  }

  static TestingServer answering(String body) throws IOException {
    return answering(seen -> ok(body));
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + body.getBytes(StandardCharsets.ISO_8859_1).length
        + "\r\n\r\n"
        + body;
  }

  int port() {
    return server.getLocalPort();
  }

  /** How many connections have been made to it. */
  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      HttpInput in = new HttpInput(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        Optional<HttpInput.Head> head = in.head(1 << 20);
        if (head.isEmpty()) {
          return;
        }
        Seen request = new Seen(head.get().start(), head.get().headers(), body(in, head.get()));
        seen.add(request);
        String answer = answers.apply(request);
        out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        if (!answer.contains("Content-Length: ") && !answer.contains("chunked")) {
          return;
        }
      }
    } catch (IOException gone) {
      return;
    }
  }

  private static String body(HttpInput in, HttpInput.Head head) throws IOException {
    // where both are there, many servers take chunks
    boolean chunked = !head.headers().all("transfer-encoding").isEmpty();
    Headers headers = chunked ? head.headers().without("content-length") : head.headers();
    Framing framing = Framing.ofRequest(new RequestHead("POST", "/", 1, headers));
    return new String(new BodyInput(in, framing).readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
