package dev.paddock.manifest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A hostile S3 server: it says what a test wants it to say. */
final class TestingBucket implements AutoCloseable {
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> listed = new ArrayList<>();
  private volatile String redirect = "";
  private volatile int bodyBytes = 1;

  TestingBucket() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** An object, as it stands in the XML. */
  TestingBucket with(String key, long size) {
    listed.add(
        "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"x\"</ETag><Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>"
            .formatted(key, size));
    return this;
  }

  /** Sends every request to another place. */
  TestingBucket redirecting(String to) {
    redirect = to;
    return this;
  }

  /** How much an object really has. */
  TestingBucket answering(int bytes) {
    bodyBytes = bytes;
    return this;
  }

  List<String> requests() {
    return requests;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    if (!redirect.isEmpty()) {
      exchange.getResponseHeaders().set("Location", redirect);
      exchange.sendResponseHeaders(307, -1);
    } else if (query.contains("list-type") || query.contains("prefix=")) {
      byte[] body =
          """
          <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>%s</ListBucketResult>
          """
              .formatted(String.join("", listed))
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/xml");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } else {
      exchange.getResponseHeaders().set("ETag", "\"x\"");
      exchange.getResponseHeaders().set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(bodyBytes));
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, bodyBytes);
        exchange.getResponseBody().write(new byte[bodyBytes]);
      }
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
