package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.node.PortPreviews;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The HTTP server: HTTP/1.1 and HTTP/2, in the clear or with TLS. Every request is answered on a
 * virtual thread of its own.
 */
public final class HttpServer implements AutoCloseable {
  private static final int HEADER_BYTES = 16 << 10;
  private static final int ANSWER_HEADER_BYTES = 64 << 10;
  private static final int ACCEPT_QUEUE = 1024;
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final Server server;
  private final ServerConnector connector;
  private final ServerSettings settings;
  private final Timeouts timeouts;
  private final Connections connections;
  private final HangUps hangUps;
  private final Running running;
  private final OpenStreams streams;
  private final PreviewSlots slots = new PreviewSlots();
  private final PreviewWatch previewWatch = new PreviewWatch();
  private final Thread sweeper;

  /** What a server is made of. */
  public record Parts(
      ServerSettings settings,
      Platform platform,
      List<Dialect> dialects,
      AdminKey admin,
      ApiKeys keys,
      Readiness readiness,
      Metrics metrics,
      ServerLog log,
      Optional<PortPreviews> previews) {

    /** Of a server without previews. */
    public Parts(
        ServerSettings settings,
        Platform platform,
        List<Dialect> dialects,
        AdminKey admin,
        ApiKeys keys,
        Readiness readiness,
        Metrics metrics,
        ServerLog log) {
      this(settings, platform, dialects, admin, keys, readiness, metrics, log, Optional.empty());
    }
  }

  private HttpServer(Parts parts, Timeouts timeouts) {
    this.settings = parts.settings();
    this.timeouts = timeouts;
    QueuedThreadPool threads = threads();
    this.connections = new Connections(threads);
    this.hangUps = new HangUps();
    this.running = new Running();
    this.streams = new OpenStreams();
    this.server = new Server(threads);
    this.connector = connector(server, settings, connections);
    server.addConnector(connector);
    server.setErrorHandler(new MalformedRequests(parts.metrics(), parts.log()));
    RequestHandler api = new RequestHandler(handlerParts(parts));
    server.setHandler(parts.previews().<Handler>map(all -> gate(all, parts, api)).orElse(api));
    server.setStopTimeout(0);
    Metrics metrics = parts.metrics();
    metrics.gauge("paddock_streams_open", "Event streams now open.", streams::count);
    metrics.gauge("paddock_connections_open", "Connections now open.", connections::count);
    metrics.gauge("paddock_requests_running", "Requests being answered.", running::count);
    this.sweeper = Thread.ofPlatform().daemon().name("connections").unstarted(this::sweep);
  }

  private PreviewGate gate(PortPreviews previews, Parts parts, RequestHandler api) {
    PreviewForward forward =
        new PreviewForward(
            previews, slots, previewWatch, hangUps, timeouts, PreviewForward.Waits.DEFAULT);
    Metrics metrics = parts.metrics();
    metrics.gauge("paddock_previews_open", "Connections to programs now open.", slots::count);
    return new PreviewGate(
        previews, new PreviewHandler(previews, forward, running, metrics, parts.log()), api);
  }

  private RequestHandler.Parts handlerParts(Parts parts) {
    Authentication authentication = new Authentication(parts.admin(), parts.keys());
    return new RequestHandler.Parts(
        new RouteTable(parts.dialects(), parts.platform()),
        parts.dialects(),
        authentication,
        new OpenPages(parts.readiness(), parts.metrics(), authentication, settings.behindProxy()),
        parts.platform().blobs(),
        BodyBudget.ofHeap(),
        running,
        streams,
        hangUps,
        parts.metrics(),
        parts.log(),
        timeouts);
  }

  /** Binds and starts; requests are answered when this returns. */
  public static HttpServer start(Parts parts) {
    return start(parts, Timeouts.DEFAULT);
  }

  static HttpServer start(Parts parts, Timeouts timeouts) {
    HttpServer http = new HttpServer(parts, timeouts);
    try {
      http.server.start();
    } catch (Exception e) {
      http.close();
      throw new ServerException(
          ErrorCode.INVALID_REQUEST,
          "cannot listen on %s port %d: %s"
              .formatted(http.settings.host(), http.settings.port(), rootOf(e)));
    }
    http.sweeper.start();
    return http;
  }

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(SWEEP);
        connections.closeIdle(timeouts.head());
        hangUps.look();
        previewWatch.look();
      }
    } catch (InterruptedException e) {
      // The server was closed.
    }
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Where it listens, with the port it really has. */
  public URI address() {
    InetAddress address = settings.address();
    String host =
        address instanceof Inet6Address && settings.host().contains(":")
            ? "[" + settings.host() + "]"
            : settings.host();
    String scheme = settings.tls().isPresent() ? "https" : "http";
    return URI.create("%s://%s:%d".formatted(scheme, host, connector.getLocalPort()));
  }

  /**
   * Takes no more connections and requests, ends the streams that would never end, and waits for
   * the rest.
   *
   * @return whether everything ended in time
   */
  public boolean drain() throws InterruptedException {
    connector.close();
    running.stop();
    streams.endUnbounded();
    previewWatch.endAll();
    boolean ended = running.awaitNone(timeouts.drain());
    streams.endAll();
    return ended || running.awaitNone(Duration.ofMillis(500));
  }

  @Override
  public void close() {
    sweeper.interrupt();
    try {
      server.stop();
    } catch (Exception e) {
      throw new ServerException(ErrorCode.INTERNAL, "the server did not stop: " + rootOf(e));
    }
  }

  private static QueuedThreadPool threads() {
    int processors = Runtime.getRuntime().availableProcessors();
    QueuedThreadPool pool = new QueuedThreadPool(8 + 2 * processors, 2);
    pool.setName("http");
    pool.setReservedThreads(0);
    pool.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory()));
    return pool;
  }

  private static ServerConnector connector(
      Server server, ServerSettings settings, Connections connections) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setMaxResponseHeaderSize(ANSWER_HEADER_BYTES);
    // An id may hold a slash, such as a model's: /v1/models/openai%2Fgpt-x.
    http.setUriCompliance(
        UriCompliance.RFC3986.with("paddock", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
    ServerConnector connector =
        new ServerConnector(server, 1, 1, factories(settings, http)) {
          @Override
          protected SocketChannelEndPoint newEndPoint(
              SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            return new ClientEndPoint(channel, selector, key, getScheduler(), connections);
          }
        };
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    // Jetty would count the silence of a stream as idle; the server's own limits hold instead.
    connector.setIdleTimeout(0);
    return connector;
  }

  private static ConnectionFactory[] factories(ServerSettings settings, HttpConfiguration http) {
    Optional<ServerSettings.Tls> tls = settings.tls();
    if (tls.isEmpty()) {
      HTTP2CServerConnectionFactory h2c = new HTTP2CServerConnectionFactory(http);
      h2c.setStreamIdleTimeout(0);
      h2c.setConnectProtocolEnabled(false);
      return new ConnectionFactory[] {new HttpConnectionFactory(http), h2c};
    }
    SecureRequestCustomizer secure = new SecureRequestCustomizer();
    secure.setSniHostCheck(false);
    http.addCustomizer(secure);
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStore(TlsFiles.read(tls.get()));
    context.setKeyStorePassword("");
    context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
    HTTP2ServerConnectionFactory h2 = new HTTP2ServerConnectionFactory(http);
    h2.setStreamIdleTimeout(0);
    h2.setConnectProtocolEnabled(false); // WebSockets come by HTTP/1.1
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol("http/1.1");
    return new ConnectionFactory[] {
      new SslConnectionFactory(context, alpn.getProtocol()),
      alpn,
      h2,
      new HttpConnectionFactory(http)
    };
  }
}
