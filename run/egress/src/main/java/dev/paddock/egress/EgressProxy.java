package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The proxy of one sandbox: HTTP/1.1 requests and CONNECT on a Unix socket of its own, so that who
 * connects is known without a name or a password. What its policy does not allow is refused.
 */
public final class EgressProxy implements AutoCloseable {
  private static final int BACKLOG = 4096;
  private static final long ACCEPT_PAUSE_NANOS = 50_000_000;
  private static final long LAST_RECORDS_NANOS = 5_000_000_000L;
  private static final long LOOK_NANOS = 2_000_000;

  private final EgressService service;
  private final EgressOptions options;
  private final EgressLimits limits;
  private final EgressListener listener;
  private final Approvals approvals;
  private final RateLimit rate;
  private final Semaphore places;
  private final Path folder;
  private final Path socket;
  private final CertificateAuthority authority;
  private final SSLContext trust;
  private final ServerSocketChannel server;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile EgressPolicy policy;
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;

  EgressProxy(
      EgressService service,
      Path folder,
      EgressPolicy policy,
      EgressLimits limits,
      EgressListener listener,
      Approver approver,
      EgressOptions options) {
    this.service = service;
    this.folder = folder;
    this.policy = policy;
    this.limits = limits;
    this.listener = listener;
    this.approvals = new Approvals(approver);
    this.options = options;
    this.rate = new RateLimit(limits.requestsPerMinute(), System.nanoTime());
    this.places = new Semaphore(limits.connections());
    this.authority = new CertificateAuthority();
    this.trust = service.trust();
    this.socket = folder.resolve("proxy");
    try {
      writeCertificates();
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot listen on " + socket, e);
    }
    Thread.ofVirtual().name("egress-accept").start(this::accept);
  }

  private void writeCertificates() throws IOException {
    Path shown = Files.createDirectory(certificates());
    TrustedRoots roots = service.roots().and(authority.certificate());
    Files.writeString(shown.resolve("ca.pem"), TrustedRoots.pem(authority.certificate()));
    Files.write(shown.resolve("bundle.pem"), roots.pem());
    roots.writeKeyStore(shown.resolve("trust.p12"));
  }

  /** The Unix socket that a bridge connects a box to; only this process's user may open it. */
  public Path socket() {
    return socket;
  }

  /**
   * A folder to show to the box: {@code ca.pem}, the certificate by which HTTPS is looked into;
   * {@code bundle.pem} and {@code trust.p12} (without a password), the same with all authorities
   * that this machine trusts.
   */
  public Path certificates() {
    return folder.resolve("certificates");
  }

  /** What trusts whom its box trusts: this machine's authorities, and its own. */
  SSLContext boxTrust() {
    return service.roots().and(authority.certificate()).context();
  }

  public EgressPolicy policy() {
    return policy;
  }

  /**
   * Replaces the policy at once: what runs and would not be allowed any more is ended, and what
   * people have answered is forgotten.
   */
  public void policy(EgressPolicy changed) {
    policy = changed;
    approvals.forget();
    for (Connection connection : connections) {
      if (!connection.allowedUnder(changed)) {
        connection.end("the environment's list has changed");
      }
    }
  }

  /** Why it lets nothing through any more, if it stopped by itself: its log could not be kept. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Takes a connection only when there is a place for it; others wait in the socket's queue. */
  private void accept() {
    while (!closed) {
      if (has(EgressMeasure.CONNECTION_LIMIT)) {
        places.acquireUninterruptibly();
      }
      try {
        admit(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) { // out of files, most likely: others will give theirs back
        places.release();
        LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
      }
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    Connection connection = new Connection(this, channel);
    connections.add(connection);
    if (closed) {
      connection.end("the proxy is closed");
    }
    Thread.ofVirtual().name("egress-connection").start(connection);
  }

  void forget(Connection connection) {
    connections.remove(connection);
    places.release();
  }

  /** Ends what has lasted too long. */
  void watch(long now) {
    if (!has(EgressMeasure.TIME_LIMITS)) {
      return;
    }
    for (Connection connection : connections) {
      connection.lifetime().over(now).ifPresent(connection::end);
    }
  }

  void log(EgressRecord record) {
    try {
      listener.onRequest(record);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  void fail(RuntimeException cause) {
    try {
      acceptNoMore();
    } finally {
      failure = cause; // known before anyone notices that a connection has ended
      endConnections();
    }
  }

  boolean has(EgressMeasure measure) {
    return options.measures().contains(measure);
  }

  Target target(String authority, int impliedPort) {
    return options.targets().read(authority, impliedPort);
  }

  List<EgressSecret> secretsFor(Host host) {
    return has(EgressMeasure.SECRET_HOSTS) ? policy.secretsFor(host) : policy.secrets();
  }

  int headBytes() {
    return has(EgressMeasure.HEAD_LIMIT) ? limits.headBytes() : Integer.MAX_VALUE;
  }

  EgressLimits limits() {
    return limits;
  }

  RateLimit rate() {
    return rate;
  }

  Approvals approvals() {
    return approvals;
  }

  AddressGuard guard() {
    return service.guard();
  }

  CertificateAuthority authority() {
    return authority;
  }

  SSLContext trust() {
    return trust;
  }

  int open() {
    return connections.size();
  }

  /** How many connections to hosts are held for sandboxes. */
  int upstreams() {
    return connections.stream().mapToInt(Connection::owns).sum();
  }

  /** Lets nothing through any more; boxes go on, without a way out. */
  void stop() {
    acceptNoMore();
    endConnections();
  }

  private void acceptNoMore() {
    closed = true;
    places.release(); // for whoever waits to accept
    try {
      server.close();
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot close " + socket, e);
    }
  }

  private void endConnections() {
    connections.forEach(connection -> connection.end("the proxy is closed"));
  }

  /**
   * What was cut off is logged too before the log goes; a listener that hangs is not waited for.
   */
  private void awaitRecords() {
    long until = System.nanoTime() + LAST_RECORDS_NANOS;
    while (!connections.isEmpty() && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /**
   * Ends every connection, sees their records logged, and removes the socket and the certificates;
   * to be called when the sandbox is closed, whose boxes cannot start without them.
   */
  @Override
  public void close() {
    stop();
    awaitRecords();
    service.forget(this);
    try {
      EgressFolder.delete(folder);
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot remove " + folder, e);
    }
  }
}
