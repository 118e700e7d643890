package dev.paddock.egress;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads hosts as proxies have done that were broken out of: what it matches it does not dial. */
final class NaiveTargets {
  private NaiveTargets() {}

  static Target read(String authority, int impliedPort) {
    int colon = authority.lastIndexOf(':');
    boolean port = colon > authority.lastIndexOf(']');
    String host = port ? authority.substring(0, colon) : authority;
    int number = port ? Integer.parseInt(authority.substring(colon + 1)) : impliedPort;
    String decoded = URLDecoder.decode(host, StandardCharsets.UTF_8);
    return new Target(
        decoded.matches("[0-9a-fx.]*")
            ? new Host(decoded, address(decoded))
            : new Host(decoded, Optional.empty()),
        number);
  }

  /** Java's own reading, which takes 127.1 and 2130706433 for addresses; and the C library's. */
  private static Optional<InetAddress> address(String text) {
    String decimal = text;
    if (text.startsWith("0x")) {
      decimal = Long.toString(Long.decode(text));
    } else if (text.matches("0[0-7]+\\..*")) {
      decimal =
          Integer.parseInt(text.substring(0, text.indexOf('.')), 8)
              + text.substring(text.indexOf('.'));
    }
    try {
      return Optional.of(InetAddress.getAllByName(decimal)[0]);
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
