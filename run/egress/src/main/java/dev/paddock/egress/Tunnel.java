package dev.paddock.egress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;

/** A CONNECT: bytes that pass unseen, once they have begun as TLS for the right server. */
final class Tunnel {
  private static final byte[] ESTABLISHED =
      HttpInput.bytes("HTTP/1.1 200 Connection established\r\n\r\n");

  /** A fatal alert: access_denied. */
  private static final byte[] ACCESS_DENIED = {21, 3, 3, 0, 2, 2, 49};

  private static final byte[] NOTHING = {};

  private final Connection connection;
  private final EgressProxy proxy;
  private final Account account;
  private final Target target;

  Tunnel(Connection connection, Account account, Target target) {
    this.connection = connection;
    this.proxy = connection.proxy();
    this.account = account;
    this.target = target;
  }

  void run() throws IOException, Refused {
    account.asks(target, "CONNECT", "");
    boolean inspected = proxy.policy().inspects(target);
    Connection.Route route = connection.route(target, account, policy -> decide(policy, inspected));
    boolean tcp = route.allow().tcp() || !proxy.has(EgressMeasure.TLS_ONLY);
    if (inspected) { // the host is dialled when the first request is seen
      established();
      switch (opening(tcp)) {
        case Opening.Tls tls -> new Inspection(connection, target).run(tls.hello(), account);
        case Opening.Other other -> pump(dial(route.addresses()), other.bytes());
      }
      return;
    }
    Socket socket = dial(route.addresses());
    established();
    if (route.allow().tcp()) { // the host may be the one that speaks first
      pump(socket, NOTHING);
      return;
    }
    switch (opening(tcp)) {
      case Opening.Tls tls -> {
        requireVisibleName(tls.hello());
        pump(socket, tls.hello().bytes());
      }
      case Opening.Other other -> pump(socket, other.bytes());
    }
  }

  /** A tunnel that began unseen must not live on under a policy that looks into it. */
  private Decision decide(EgressPolicy policy, boolean inspected) {
    return policy.inspects(target) == inspected
        ? policy.tunnel(target)
        : new Decision.Deny(Denial.HOST, "the environment's list has changed");
  }

  private Socket dial(List<InetSocketAddress> addresses) {
    return Upstreams.dial(connection, target, addresses);
  }

  private void established() throws IOException {
    account.answered(200);
    connection.out().write(ESTABLISHED);
    connection.out().flush();
    connection.lifetime().within(proxy.limits().headTime(), "no beginning of TLS");
  }

  private void pump(Socket socket, byte[] begun) throws IOException {
    connection.lifetime().withoutHurry();
    Pump.Side sandbox =
        new Pump.Side(
            new SequenceInputStream(new ByteArrayInputStream(begun), connection.in()),
            connection.out(),
            connection.channel()::shutdownOutput);
    Pump.Side host =
        new Pump.Side(socket.getInputStream(), socket.getOutputStream(), socket::shutdownOutput);
    account.ended(new Pump(account, connection.lifetime()).run(sandbox, host));
  }

  /** The first bytes of a tunnel. */
  private sealed interface Opening {
    record Tls(ClientHello hello) implements Opening {}

    @SuppressWarnings("ArrayRecordComponent") // bytes to be passed on, never compared
    record Other(byte[] bytes) implements Opening {}
  }

  private Opening opening(boolean tcp) throws IOException, Refused {
    ClientHello hello;
    try {
      hello = ClientHello.read(connection.in());
    } catch (ClientHello.NotTls e) {
      if (tcp) {
        return new Opening.Other(e.read());
      }
      throw Refused.denied(
          Denial.TLS,
          "what the tunnel to %s carries is no TLS; a rule for the host must say tcp to allow it"
              .formatted(target));
    } catch (BadMessage e) {
      throw alert(e.getMessage() + " (tunnel to " + target + ")");
    }
    if (proxy.has(EgressMeasure.SERVER_NAME)) {
      requireName(hello.serverName());
    }
    return new Opening.Tls(hello);
  }

  private void requireName(Optional<String> serverName) throws IOException, Refused {
    if (serverName.isEmpty()) {
      if (target.host().literal().isEmpty()) {
        throw alert("the TLS in the tunnel to %s names no server (SNI)".formatted(target));
      }
      return;
    }
    boolean same;
    try {
      same = Host.parse(serverName.get()).equals(target.host());
    } catch (EgressException e) {
      same = false;
    }
    if (!same) {
      throw alert(
          "the TLS in the tunnel to %s is for another server: %s"
              .formatted(target, Text.quoted(serverName.get())));
    }
  }

  private void requireVisibleName(ClientHello hello) throws IOException, Refused {
    if (hello.encrypted() && proxy.has(EgressMeasure.NO_ENCRYPTED_HELLO)) {
      throw alert(
          "the TLS in the tunnel to %s hides a second server name (encrypted client hello), which cannot be checked; switch that off in the client"
              .formatted(target));
    }
  }

  private Refused alert(String why) throws IOException {
    connection.out().write(ACCESS_DENIED);
    connection.out().flush();
    return Refused.denied(Denial.TLS, why);
  }
}
