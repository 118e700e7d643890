package dev.paddock.egress;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Connections to the one host of a sandbox's connection; of which one may be used again. */
final class Upstreams {
  /** Hosts keep an idle connection for some seconds at least. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Connection connection;
  private final Target target;
  private final boolean tls;
  private Optional<Upstream> kept = Optional.empty();
  private long keptSince;

  Upstreams(Connection connection, Target target, boolean tls) {
    this.connection = connection;
    this.target = target;
    this.tls = tls;
  }

  /** One that was used before and is likely to be still there. */
  Optional<Upstream> used() {
    return kept.filter(upstream -> System.nanoTime() - keptSince < FRESH_NANOS)
        .filter(upstream -> !upstream.in().buffered());
  }

  /** What the last request left may serve the next one. */
  void keep(Upstream upstream) {
    kept = Optional.of(upstream);
    keptSince = System.nanoTime();
  }

  /** One in the place of any other: a sandbox's connection holds one to its host at a time. */
  Upstream fresh(List<InetSocketAddress> addresses) throws IOException, Refused {
    kept.ifPresent(connection::release);
    kept = Optional.empty();
    Socket socket = dial(connection, target, addresses);
    Upstream upstream = connection.owned(Upstream.of(tls ? secured(socket) : socket));
    connection.disown(socket); // the upstream closes it
    return upstream;
  }

  /** Ends one that is not kept. */
  void end(Upstream upstream) {
    kept = kept.filter(other -> !other.equals(upstream));
    connection.release(upstream);
  }

  static Socket dial(Connection connection, Target target, List<InetSocketAddress> addresses) {
    EgressProxy proxy = connection.proxy();
    List<InetSocketAddress> dialled = addresses;
    if (!proxy.has(EgressMeasure.ONE_LOOKUP)) {
      dialled =
          proxy.guard().lookUp(target.host()).stream()
              .map(address -> new InetSocketAddress(address, target.port()))
              .toList();
    }
    return connection.owned(proxy.guard().dial(target, dialled, proxy.limits().connectTime()));
  }

  private Socket secured(Socket socket) throws IOException, Refused {
    SSLSocket secured =
        (SSLSocket)
            connection
                .proxy()
                .trust()
                .getSocketFactory()
                .createSocket(socket, bare(target.host()), target.port(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    if (target.host().literal().isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(target.host().text())));
    }
    secured.setSSLParameters(parameters);
    try {
      secured.startHandshake();
      return secured;
    } catch (SSLException e) {
      secured.close();
      throw Refused.failed(
          502, "the certificate or TLS of %s is not good: %s".formatted(target, e.getMessage()));
    }
  }

  private static String bare(Host host) {
    return host.literal().map(address -> address.getHostAddress()).orElse(host.text());
  }
}
