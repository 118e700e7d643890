package dev.paddock.egress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** HTTPS that is looked into: TLS of our own to the sandbox, and TLS to the host. */
final class Inspection {
  private static final Duration BETWEEN_REQUESTS = Duration.ofSeconds(60);
  private static final int HTTPS = 443;

  private final Connection connection;
  private final EgressProxy proxy;
  private final Target target;

  Inspection(Connection connection, Target target) {
    this.connection = connection;
    this.proxy = connection.proxy();
    this.target = target;
  }

  /**
   * @param tunnel not logged itself, once there are requests
   */
  void run(ClientHello hello, Account tunnel) throws IOException, Refused {
    SSLSocket sandbox = accept(hello);
    tunnel.leaveToOthers();
    HttpInput in = new HttpInput(sandbox.getInputStream());
    OutputStream out = sandbox.getOutputStream();
    Upstreams upstreams = new Upstreams(connection, target, true);
    boolean more = true;
    while (more && another(in)) {
      Account account = new Account(proxy.limits());
      more = connection.log(account, out, () -> request(in, out, upstreams, account));
    }
    sandbox.close();
  }

  private SSLSocket accept(ClientHello hello) throws IOException, Refused {
    ChannelSocket raw = new ChannelSocket(connection.channel(), connection.in(), connection.out());
    SSLSocket sandbox =
        (SSLSocket)
            proxy
                .authority()
                .contextFor(target.host())
                .getSocketFactory()
                .createSocket(raw, new ByteArrayInputStream(hello.bytes()), true);
    SSLParameters parameters = sandbox.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    sandbox.setSSLParameters(parameters);
    try {
      sandbox.startHandshake();
      return sandbox;
    } catch (SSLException e) {
      throw Refused.failed(
          502,
          "HTTPS to %s is looked into here, and the client did not accept that: %s; it must trust the certificate that SSL_CERT_FILE names in the sandbox"
              .formatted(target, e.getMessage()));
    }
  }

  private boolean another(HttpInput in) {
    connection.lifetime().within(BETWEEN_REQUESTS, "no further request");
    try {
      return in.more();
    } catch (IOException over) { // by time or by the client: nothing was asked
      return false;
    }
  }

  private boolean request(HttpInput in, OutputStream out, Upstreams upstreams, Account account)
      throws IOException, Refused {
    connection.lifetime().within(proxy.limits().headTime(), "no complete request");
    Optional<RequestHead> head = RequestHead.read(in, proxy.headBytes());
    if (head.isEmpty()) {
      return false;
    }
    connection.lifetime().withoutHurry();
    account.asks(target, head.get().method(), RequestHead.path(head.get().target()));
    connection.requireRate();
    String path = head.get().target();
    boolean star = path.equals("*") && head.get().method().equals("OPTIONS");
    if ((!path.startsWith("/") && !star) || path.indexOf('#') >= 0 || head.get().connect()) {
      throw new BadMessage("within a tunnel the request line must name a path");
    }
    return new Exchange(connection, in, out, head.get(), target, path, HTTPS, account)
        .run(upstreams);
  }
}
