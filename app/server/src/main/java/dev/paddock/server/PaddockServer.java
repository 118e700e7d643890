package dev.paddock.server;

import dev.paddock.node.Node;
import dev.paddock.node.PreviewOrigin;
import dev.paddock.node.SessionRunner;
import dev.paddock.server.spi.Dialect;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A whole server of one home: its lock, node, runner and HTTP, started and stopped in order. */
public final class PaddockServer implements AutoCloseable {
  /** A node that died without a trace is replaced within 10 s. */
  private static final Duration LEASE = Duration.ofSeconds(6);

  private final ServerLog log;
  private final @Nullable ServeLock lock;
  private final Node node;
  private final SessionRunner runner;
  private final HttpServer http;

  private PaddockServer(
      ServerLog log, @Nullable ServeLock lock, Node node, SessionRunner runner, HttpServer http) {
    this.log = log;
    this.lock = lock;
    this.node = node;
    this.runner = runner;
    this.http = http;
  }

  /** Everything answers when this returns; where something fails, nothing is left open. */
  public static PaddockServer start(
      Map<String, String> environment, ServerSettings settings, ServerLog log) {
    return start(environment, settings, Optional.empty(), log);
  }

  /**
   * As above.
   *
   * @param place where agents' commands run; empty for where the settings say
   */
  public static PaddockServer start(
      Map<String, String> environment,
      ServerSettings settings,
      Optional<String> place,
      ServerLog log) {
    Node node = Node.open(environment);
    Optional<ServeLock> lock = Optional.empty();
    try {
      place.ifPresent(node::setPlace);
      node.setLeaseTtl(LEASE);
      node.home().create();
      lock = lock(environment, node);
      return start(environment, settings, log, node, lock);
    } catch (RuntimeException e) {
      node.close();
      lock.ifPresent(ServeLock::close);
      throw e;
    }
  }

  /** With a database server there may be many; a file database is one server's. */
  private static Optional<ServeLock> lock(Map<String, String> environment, Node node) {
    return environment.getOrDefault("PADDOCK_DATABASE_URL", "").isBlank()
        ? Optional.of(ServeLock.take(node.home().root()))
        : Optional.empty();
  }

  private static PaddockServer start(
      Map<String, String> environment,
      ServerSettings settings,
      ServerLog log,
      Node node,
      Optional<ServeLock> lock) {
    AdminKey admin = AdminKey.of(environment, node.home().root());
    SessionRunner runner =
        new SessionRunner(
            node,
            text -> log.write(log.line(ServerLog.Level.WARN, "session").put("message", text)));
    Metrics metrics = new Metrics();
    metrics.gauge("paddock_sessions_running", "Sessions running here now.", runner::running);
    List<Dialect> dialects =
        ServiceLoader.load(Dialect.class).stream().map(ServiceLoader.Provider::get).toList();
    HttpServer http =
        HttpServer.start(
            new HttpServer.Parts(
                settings,
                new NodePlatform(node, runner),
                dialects,
                admin,
                new ApiKeys(node.store().resources()),
                readiness(node),
                metrics,
                log,
                Optional.of(node.previews())));
    node.previews().answeredAt(previewOrigin(environment, settings, http.address().getPort()));
    node.listensAt(
        Set.of(new InetSocketAddress(http.address().getHost(), http.address().getPort())));
    runner.start();
    String address = http.address().toString();
    lock.ifPresent(held -> held.announce(address));
    log.write(log.line(ServerLog.Level.INFO, "listening").put("address", address));
    return new PaddockServer(log, lock.orElse(null), node, runner, http);
  }

  private static PreviewOrigin previewOrigin(
      Map<String, String> environment, ServerSettings settings, int port) {
    String scheme = settings.tls().isPresent() ? "https" : "http";
    return Optional.ofNullable(environment.get("PADDOCK_PREVIEW_URL"))
        .filter(template -> !template.isBlank())
        .map(template -> PreviewOrigin.parse(template, port))
        .orElseGet(() -> PreviewOrigin.local(scheme, port));
  }

  private static Readiness readiness(Node node) {
    return new Readiness()
        .with(
            "store",
            () -> {
              node.store().leases().find("readiness");
              return true;
            })
        .with("isolation", () -> node.sandboxes().readiness().ready());
  }

  public URI address() {
    return http.address();
  }

  /** Lets what runs end, for a while; then everything is closed. */
  @Override
  public void close() {
    log.write(log.line(ServerLog.Level.INFO, "stopping"));
    boolean interrupted = false;
    try {
      if (!http.drain()) {
        log.write(log.line(ServerLog.Level.WARN, "cut off requests that did not end in time"));
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    http.close();
    runner.close();
    node.close();
    if (lock != null) {
      lock.close();
    }
    log.write(log.line(ServerLog.Level.INFO, "stopped"));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
