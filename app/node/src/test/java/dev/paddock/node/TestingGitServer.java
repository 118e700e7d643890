package dev.paddock.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** Serves the repositories of a folder by git's own CGI program. */
final class TestingGitServer implements AutoCloseable {
  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  private final Path folder;
  private final String program;
  private final HttpServer server;
  private final CopyOnWriteArrayList<Optional<String>> authorizations =
      new CopyOnWriteArrayList<>();
  private volatile int refusal;

  TestingGitServer(Path folder, String program) {
    this.folder = folder;
    this.program = program;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Answers everything with this status. */
  void refuse(int status) {
    refusal = status;
  }

  CopyOnWriteArrayList<Optional<String>> authorizations() {
    return authorizations;
  }

  private void handle(HttpExchange exchange) throws IOException {
    authorizations.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("authorization")));
    if (refusal != 0) {
      exchange.getResponseHeaders().set("location", "http://127.0.0.1:" + port() + "/repo.git");
      exchange.getResponseHeaders().set("www-authenticate", "Basic realm=\"git\"");
      exchange.sendResponseHeaders(refusal, -1);
      exchange.close();
      return;
    }
    ProcessBuilder builder = new ProcessBuilder(program);
    builder
        .environment()
        .putAll(
            Map.of(
                "GIT_PROJECT_ROOT", folder.toString(),
                "GIT_HTTP_EXPORT_ALL", "1",
                "REQUEST_METHOD", exchange.getRequestMethod(),
                "PATH_INFO", exchange.getRequestURI().getPath(),
                "QUERY_STRING", Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""),
                "CONTENT_TYPE",
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("content-type"))
                        .orElse("")));
    Optional.ofNullable(exchange.getRequestHeaders().getFirst("git-protocol"))
        .ifPresent(protocol -> builder.environment().put("GIT_PROTOCOL", protocol));
    Process process = builder.start();
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"));
    try (OutputStream to = process.getOutputStream();
        InputStream body =
            zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
      body.transferTo(to);
    }
    answer(exchange, process.getInputStream().readAllBytes());
  }

  private static void answer(HttpExchange exchange, byte[] said) throws IOException {
    int end = 0;
    while (!Arrays.equals(said, end, end + 4, HEAD_END, 0, 4)) {
      end++;
    }
    int status = 200;
    for (String line : new String(said, 0, end, StandardCharsets.UTF_8).split("\r\n")) {
      String[] header = line.split(": ", 2);
      if (header[0].equals("Status")) {
        status = Integer.parseInt(header[1].substring(0, 3));
      } else {
        exchange.getResponseHeaders().set(header[0], header[1]);
      }
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(said, end + 4, said.length - end - 4);
    exchange.sendResponseHeaders(status, body.size() == 0 ? -1 : body.size());
    body.writeTo(exchange.getResponseBody());
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
