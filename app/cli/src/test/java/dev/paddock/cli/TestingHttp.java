package dev.paddock.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server that answers what a test says. */
final class TestingHttp implements AutoCloseable {
  private final HttpServer server;
  private final List<HttpExchange> requests = new CopyOnWriteArrayList<>();

  /** An answer. */
  record Answer(int status, String type, String body) {
    static Answer json(String body) {
      return new Answer(200, "application/json", body);
    }
  }

  TestingHttp(Function<HttpExchange, Answer> answers) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange);
          Answer answer = answers.apply(exchange);
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("content-type", answer.type());
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  List<HttpExchange> requests() {
    return requests;
  }

  Map<String, String> environment() {
    return Map.of(
        "PADDOCK_URL",
        "http://127.0.0.1:" + server.getAddress().getPort(),
        "PADDOCK_API_KEY",
        "paddock_testing_key");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
