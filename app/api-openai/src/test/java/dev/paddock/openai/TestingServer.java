package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Principal;
import dev.paddock.core.WorkspaceId;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A small HTTP server with one dialect, enough to show it to its vendor's own client. */
final class TestingServer implements AutoCloseable {
  private record Bound(Route route, Pattern pattern) {}

  private final HttpServer server;
  private final Platform platform;
  private final Dialect dialect;
  private final List<Bound> routes = new ArrayList<>();

  TestingServer(Dialect dialect, Platform platform) {
    this.dialect = dialect;
    this.platform = platform;
    for (Route route : dialect.routes(platform)) {
      String regex =
          route
              .path()
              .replaceAll("\\{(\\w+)\\*\\*}", "(?<$1>.+)")
              .replaceAll("\\{(\\w+)}", "(?<$1>[^/]+)");
      routes.add(new Bound(route, Pattern.compile(regex)));
    }
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Reply reply;
      try {
        reply = answer(exchange, body);
      } catch (PaddockException e) {
        reply = dialect.error(problem(e), "req_test");
      } catch (RuntimeException e) {
        e.printStackTrace();
        reply =
            dialect.error(
                problem(new ServerException(ErrorCode.INTERNAL, e.toString())), "req_test");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      write(exchange, reply);
    }
  }

  private Reply answer(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    RequestHead head = head(exchange);
    if (!dialect.claims(head)) {
      throw ServerException.notFound("not of this dialect: " + head.path());
    }
    for (Bound bound : routes) {
      Matcher matcher = bound.pattern().matcher(head.path());
      if (bound.route().method().equals(head.method()) && matcher.matches()) {
        return bound.route().handler().handle(new Received(head, matcher, body));
      }
    }
    throw ServerException.notFound("no route " + head.path());
  }

  private static RequestHead head(HttpExchange exchange) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query
          .computeIfAbsent(decode(parts[0]), k -> new ArrayList<>())
          .add(parts.length > 1 ? decode(parts[1]) : "");
    }
    Map<String, List<String>> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    String path = exchange.getRequestURI().getRawPath();
    return new RequestHead(
        exchange.getRequestMethod(), decode(path.replace("%2F", "%252F")), query, headers);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Problem problem(PaddockException e) {
    int status =
        switch (e.code()) {
          case NOT_FOUND -> 404;
          case UNAUTHENTICATED -> 401;
          case PERMISSION_DENIED -> 403;
          case CONFLICT -> 409;
          case LIMIT_EXCEEDED -> 413;
          case RATE_LIMITED -> 429;
          case UNAVAILABLE, OVERLOADED, BUSY -> 503;
          case TIMEOUT -> 504;
          case INTERNAL, CORRUPT -> 500;
          default -> 400;
        };
    boolean told = e instanceof ServerException;
    return new Problem(
        status,
        e.code(),
        e.getMessage(),
        told ? ((ServerException) e).field() : Optional.empty(),
        told ? ((ServerException) e).detailCode() : Optional.empty(),
        Optional.empty());
  }

  private static void write(HttpExchange exchange, Reply reply) throws IOException {
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    switch (reply) {
      case Reply.Json json -> {
        byte[] bytes = Json.bytes(json.body());
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(json.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
      case Reply.Bytes bytes -> {
        try (InputStream in = bytes.body()) {
          exchange.sendResponseHeaders(bytes.status(), Math.max(0, bytes.length()));
          in.transferTo(exchange.getResponseBody());
        }
      }
      case Reply.Empty empty -> exchange.sendResponseHeaders(empty.status(), -1);
      case Reply.Events events -> stream(exchange, events.source());
    }
  }

  private static void stream(HttpExchange exchange, EventSource source) throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    try (source) {
      EventSource.Batch batch;
      do {
        batch = source.next(Duration.ofMillis(100));
        StringBuilder text = new StringBuilder(batch.events().isEmpty() ? ": ping\n\n" : "");
        for (EventSource.Event event : batch.events()) {
          event.id().ifPresent(id -> text.append("id: ").append(id).append('\n'));
          event.name().ifPresent(name -> text.append("event: ").append(name).append('\n'));
          text.append("data: ").append(event.data()).append("\n\n");
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
      } while (!batch.last());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private final class Received implements Request {
    private final RequestHead head;
    private final Matcher parameters;
    private final byte[] body;

    Received(RequestHead head, Matcher parameters, byte[] body) {
      this.head = head;
      this.parameters = parameters;
      this.body = body;
    }

    @Override
    public RequestHead head() {
      return head;
    }

    @Override
    public String parameter(String name) {
      return parameters.group(name);
    }

    @Override
    public Caller caller() {
      return new Caller(Principal.SYSTEM, WorkspaceId.DEFAULT, Set.of(Route.Scope.values()));
    }

    @Override
    public String id() {
      return "req_test";
    }

    @Override
    public ObjectNode json() {
      if (anyJson() instanceof ObjectNode object) {
        return object;
      }
      throw new ServerException(ErrorCode.INVALID_REQUEST, "the body is no JSON object");
    }

    @Override
    public JsonNode anyJson() {
      try {
        return body.length == 0 ? Json.object() : Json.read(body, JsonNode.class);
      } catch (CoreException e) {
        throw new ServerException(ErrorCode.INVALID_REQUEST, "the body is no JSON");
      }
    }

    @Override
    public byte[] bytes() {
      return body;
    }

    @Override
    public InputStream stream() {
      return new ByteArrayInputStream(body);
    }

    @Override
    public List<Part> multipart() {
      String type = head.header("content-type").orElse("");
      String boundary = type.substring(type.indexOf("boundary=") + 9).replace("\"", "");
      String text = new String(body, StandardCharsets.ISO_8859_1);
      List<Part> out = new ArrayList<>();
      for (String piece : text.split(Pattern.quote("--" + boundary))) {
        int end = piece.indexOf("\r\n\r\n");
        if (end > 0) {
          out.add(part(piece.substring(0, end), piece.substring(end + 4, piece.length() - 2)));
        }
      }
      return out;
    }

    private Part part(String headers, String content) {
      byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
      Optional<String> fileName = find("filename=\"([^\"]*)\"", headers);
      return new Part(
          find("[; ]name=\"([^\"]*)\"", headers).orElseThrow(),
          fileName,
          find("(?i)content-type: *([^\r]*)", headers),
          fileName.map(n -> platform.blobs().put(bytes)),
          bytes.length,
          fileName.isPresent()
              ? Optional.empty()
              : Optional.of(new String(bytes, StandardCharsets.UTF_8)));
    }

    private static Optional<String> find(String regex, String text) {
      Matcher matcher = Pattern.compile(regex).matcher(text);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    @Override
    public boolean gone() {
      return false;
    }
  }
}
