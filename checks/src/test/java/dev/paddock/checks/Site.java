package dev.paddock.checks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A web server on a loopback address that is not 127.0.0.1, which programs in a box would not ask a
 * proxy for. It has a Git repository, and an echo of what it is told.
 */
final class Site implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.2";

  private final HttpServer server;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch slow = new CountDownLatch(1);

  Site(Path folder) throws IOException, InterruptedException {
    Path root = Files.createDirectories(folder.resolve("site")).toRealPath();
    repository(root);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(ADDRESS), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", SimpleFileServer.createFileHandler(root));
    server.createContext("/echo", this::echo);
    server.createContext("/slow", this::slow);
    server.start();
  }

  private static void repository(Path root) throws IOException, InterruptedException {
    Process made =
        new ProcessBuilder(
                "sh",
                "-c",
                """
                git init -q work && cd work && echo content > file && git add file &&
                git -c user.name=t -c user.email=t@example.com commit -qm first && cd .. &&
                git clone -q --bare work repo.git && cd repo.git && git update-server-info
                """)
            .directory(root.toFile())
            .inheritIO()
            .start();
    if (made.waitFor() != 0) {
      throw new IOException("git made no repository");
    }
  }

  /** Host and port. */
  String host() {
    return ADDRESS + ":" + server.getAddress().getPort();
  }

  String url() {
    return "http://" + host();
  }

  /** What it was told in the header {@code x-token}, in order. */
  List<String> told() {
    return told;
  }

  /** Waits until someone reads the answer that does not end. */
  void awaitSlow() throws InterruptedException {
    if (!slow.await(2, TimeUnit.MINUTES)) {
      throw new AssertionError("nobody asked for the slow answer");
    }
  }

  private void echo(HttpExchange exchange) throws IOException {
    String token = String.valueOf(exchange.getRequestHeaders().getFirst("x-token"));
    told.add(token);
    answer(exchange, "you said " + token);
  }

  /** An answer that begins at once and does not end by itself. */
  private void slow(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write("begun\n".getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
    slow.countDown();
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
