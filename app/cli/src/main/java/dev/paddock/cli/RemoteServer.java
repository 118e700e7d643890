package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.server.LocalApi.FormFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The native API of the server that {@code PADDOCK_URL} names, over HTTP. */
final class RemoteServer implements Api {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration TRANSFER = Duration.ofHours(1);
  private static final int MAX_ANSWER = 64 << 20;
  private static final int MAX_ERROR = 64 << 10;

  private final URI base;
  private final Optional<String> key;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private RemoteServer(URI base, Optional<String> key) {
    this.base = base;
    this.key = key;
  }

  /** Empty without {@code PADDOCK_URL}. */
  static Optional<RemoteServer> of(Map<String, String> environment) {
    String url = environment.getOrDefault("PADDOCK_URL", "").strip();
    if (url.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> key =
        Optional.of(environment.getOrDefault("PADDOCK_API_KEY", "").strip())
            .filter(text -> !text.isEmpty());
    if (key.isPresent() && !key.get().matches("[\\x21-\\x7e]+")) {
      throw usage("PADDOCK_API_KEY holds characters that no key has");
    }
    return Optional.of(new RemoteServer(base(url), key));
  }

  private static URI base(String url) {
    try {
      URI uri = new URI(url.replaceFirst("/+$", ""));
      boolean plain =
          ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (plain) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new RemoteException(ErrorCode.INVALID_REQUEST, notAnAddress(), e);
    }
    throw usage(notAnAddress());
  }

  private static String notAnAddress() {
    return "PADDOCK_URL is no address of a server; it must be such as http://127.0.0.1:4096";
  }

  private static RemoteException usage(String message) {
    return new RemoteException(ErrorCode.INVALID_REQUEST, message);
  }

  @Override
  public JsonNode call(
      String method, String path, Map<String, String> query, Optional<ObjectNode> body)
      throws InterruptedException {
    BodyPublisher sent =
        body.map(json -> BodyPublishers.ofByteArray(Json.bytes(json)))
            .orElseGet(BodyPublishers::noBody);
    return json(request(path, query).method(method, sent), "application/json", ANSWER);
  }

  @Override
  public JsonNode upload(String path, List<FormFile> files) throws InterruptedException {
    String boundary = Ids.next("form");
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    for (FormFile file : files) {
      String head =
          "--%s\r\ncontent-disposition: form-data; name=\"files\"; filename=\"%s\"\r\n"
                  .formatted(boundary, quoted(file.path()))
              + "content-type: application/octet-stream\r\n\r\n";
      form.writeBytes(head.getBytes(StandardCharsets.UTF_8));
      form.writeBytes(file.bytes());
      form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    form.writeBytes("--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8));
    return json(
        request(path, Map.of()).POST(BodyPublishers.ofByteArray(form.toByteArray())),
        "multipart/form-data; boundary=" + boundary,
        TRANSFER);
  }

  /** As browsers write it. */
  private static String quoted(String name) {
    return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }

  /** A body as a stream, to be read to its end and closed. */
  InputStream download(String path) throws InterruptedException {
    return stream(request(path, Map.of()).GET());
  }

  /** A stream of server-sent events behind an event, or from now on. */
  InputStream events(String path, Optional<String> lastEventId) throws InterruptedException {
    HttpRequest.Builder request =
        request(path, Map.of()).header("accept", "text/event-stream").GET();
    lastEventId.ifPresent(id -> request.header("last-event-id", id));
    return stream(request);
  }

  private InputStream stream(HttpRequest.Builder request) throws InterruptedException {
    HttpResponse<InputStream> response =
        send(request.timeout(ANSWER).build(), BodyHandlers.ofInputStream(), ANSWER);
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw refused(response.statusCode(), body.readNBytes(MAX_ERROR));
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private JsonNode json(HttpRequest.Builder request, String type, Duration wait)
      throws InterruptedException {
    HttpResponse<byte[]> response =
        send(
            request.header("content-type", type).timeout(wait).build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER),
            wait);
    if (response.statusCode() != 200) {
      throw refused(response.statusCode(), response.body());
    }
    try {
      return Json.read(response.body(), JsonNode.class);
    } catch (CoreException e) {
      throw notPaddock(e);
    }
  }

  private HttpRequest.Builder request(String path, Map<String, String> query) {
    String asked =
        query.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    URI uri = URI.create(base + path + (asked.isEmpty() ? "" : "?" + asked));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).header("anthropic-version", "2023-06-01");
    key.ifPresent(text -> request.header("x-api-key", text));
    return request;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Duration wait)
      throws InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    try {
      return answer.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new RemoteException(
          ErrorCode.TIMEOUT, "%s did not answer within %s".formatted(base, Amounts.time(wait)), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
        throw new RemoteException(
            ErrorCode.INVALID_REQUEST,
            "nothing answers at PADDOCK_URL=%s; start the server or correct it".formatted(base),
            e);
      }
      throw lost(cause == null ? e : cause);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  RemoteException lost(Throwable cause) {
    return new RemoteException(
        ErrorCode.UNAVAILABLE, "the connection to %s failed: %s".formatted(base, cause), cause);
  }

  private RemoteException refused(int status, byte[] body) {
    String said;
    try {
      said = Json.read(body, JsonNode.class).path("error").path("message").asText();
    } catch (CoreException e) {
      return notPaddock(e);
    }
    String message = said.isEmpty() ? "it says no more" : said.strip().replaceAll("\\s+", " ");
    return switch (status) {
      case 401 ->
          new RemoteException(
              ErrorCode.UNAUTHENTICATED,
              "%s does not know this key; set PADDOCK_API_KEY to one of its keys".formatted(base));
      case 403 ->
          new RemoteException(
              ErrorCode.PERMISSION_DENIED,
              "the key in PADDOCK_API_KEY may not do this: " + message);
      // As at home, where an unknown id is wrong usage too.
      case 404 -> new RemoteException(ErrorCode.NOT_FOUND, message);
      case 429, 503, 529 -> new RemoteException(ErrorCode.OVERLOADED, busy(status, message));
      default ->
          new RemoteException(
              ErrorCode.CONFLICT, "%s refused (%d): %s".formatted(base, status, message));
    };
  }

  private String busy(int status, String message) {
    return "%s cannot answer now (%d): %s".formatted(base, status, message);
  }

  private RemoteException notPaddock(Throwable cause) {
    return new RemoteException(
        ErrorCode.UNAVAILABLE,
        "what answers at PADDOCK_URL=%s is not Paddock's API".formatted(base),
        cause);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
