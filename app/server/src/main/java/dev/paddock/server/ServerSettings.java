package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the server listens.
 *
 * @param port 0 takes a free one
 * @param behindProxy a proxy in front of it does TLS, so that plain HTTP beyond loopback is meant
 */
public record ServerSettings(String host, int port, Optional<Tls> tls, boolean behindProxy) {
  public static final int DEFAULT_PORT = 4096;

  /** PEM files: the chain with the server's own certificate first, and its key. */
  public record Tls(Path certificate, Path key) {}

  /** What is not given on the command line is taken from the environment. */
  public static ServerSettings of(
      Map<String, String> environment,
      Optional<String> host,
      Optional<Integer> port,
      boolean behindProxy) {
    String chosenHost = host.orElseGet(() -> text(environment, "PADDOCK_HOST").orElse("127.0.0.1"));
    int chosenPort =
        port.orElseGet(
            () -> text(environment, "PADDOCK_PORT").map(ServerSettings::port).orElse(DEFAULT_PORT));
    if (chosenPort < 0 || chosenPort > 65535) {
      throw new ServerException(ErrorCode.INVALID_REQUEST, "no such port: " + chosenPort);
    }
    ServerSettings settings =
        new ServerSettings(chosenHost, chosenPort, tls(environment), behindProxy);
    settings.refuseOpenPlainText();
    return settings;
  }

  private static Optional<Tls> tls(Map<String, String> environment) {
    Optional<String> certificate = text(environment, "PADDOCK_TLS_CERT");
    Optional<String> key = text(environment, "PADDOCK_TLS_KEY");
    if (certificate.isPresent() != key.isPresent()) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST,
          "TLS needs both PADDOCK_TLS_CERT and PADDOCK_TLS_KEY, each a PEM file");
    }
    return certificate.flatMap(cert -> key.map(k -> new Tls(Path.of(cert), Path.of(k))));
  }

  private void refuseOpenPlainText() {
    if (tls.isEmpty() && !behindProxy && !isLoopback(address())) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST,
          "%s is beyond loopback and keys would cross the network in the clear; set PADDOCK_TLS_CERT and PADDOCK_TLS_KEY, or give --behind-proxy where a proxy does TLS"
              .formatted(host));
    }
  }

  InetAddress address() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ServerException(ErrorCode.INVALID_REQUEST, "no such host: " + host);
    }
  }

  static boolean isLoopback(InetAddress address) {
    return address.isLoopbackAddress();
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "PADDOCK_PORT must be a number, not \"" + text + "\"");
    }
  }

  private static Optional<String> text(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }
}
