package dev.paddock.server;

import dev.paddock.core.spi.Sessions;
import dev.paddock.node.Node;
import dev.paddock.node.PortPreviews;
import dev.paddock.node.PreviewOrigin;
import dev.paddock.node.SessionRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A server in this process with a home of its own and {@link TestingDialect}. */
final class TestingServer implements AutoCloseable {
  static final String KEY = "the-administrators-key";
  static final Timeouts SHORT =
      new Timeouts(
          Duration.ofMillis(700),
          Duration.ofMillis(700),
          Duration.ofMillis(700),
          Duration.ofMillis(100),
          Duration.ofSeconds(10));

  final TestingDialect dialect = new TestingDialect();
  final Metrics metrics = new Metrics();
  final ApiKeys keys;
  final HttpServer http;
  final Optional<PortPreviews> previews;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final ServerLog log =
      new ServerLog(new PrintStream(logged, true, StandardCharsets.UTF_8));
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Node node;
  private final SessionRunner runner;

  TestingServer(Path folder) {
    this(folder, Timeouts.DEFAULT, Optional.empty());
  }

  TestingServer(Path folder, Timeouts timeouts, Optional<ServerSettings.Tls> tls) {
    this(folder, timeouts, tls, node -> Optional.empty());
  }

  /** With previews of what {@code ports} reaches. */
  static TestingServer withPreviews(Path folder, PortPreviews.Ports ports) {
    return new TestingServer(
        folder,
        Timeouts.DEFAULT,
        Optional.empty(),
        node -> Optional.of(new PortPreviews(node.store(), Clock.systemUTC(), ports)));
  }

  private TestingServer(
      Path folder,
      Timeouts timeouts,
      Optional<ServerSettings.Tls> tls,
      Function<Node, Optional<PortPreviews>> shown) {
    Map<String, String> environment =
        Map.of("PADDOCK_HOME", folder.resolve("home").toString(), "PADDOCK_API_KEY", KEY);
    node = Node.open(environment);
    runner = new SessionRunner(node, text -> {});
    keys = new ApiKeys(node.store().resources());
    previews = shown.apply(node);
    http =
        HttpServer.start(
            new HttpServer.Parts(
                new ServerSettings("127.0.0.1", 0, tls, false),
                new NodePlatform(node, runner),
                List.of(dialect),
                AdminKey.of(environment, node.home().root()),
                keys,
                new Readiness().with("store", () -> true),
                metrics,
                log,
                previews),
            timeouts);
    previews.ifPresent(
        all -> all.answeredAt(PreviewOrigin.local("http", http.address().getPort())));
  }

  Sessions sessions() {
    return node.store().sessions();
  }

  URI url(String path) {
    return URI.create(http.address() + path);
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(url(path)).header("x-api-key", KEY);
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(to(path).GET());
  }

  HttpResponse<String> post(String path, String json) {
    return send(
        to(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends bytes as they are and reads until the server closes. */
  String raw(byte[] bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  String raw(String text) throws IOException {
    return raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  String logged() {
    return logged.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.close();
    runner.close();
    node.close();
    client.close();
    log.close();
  }
}
