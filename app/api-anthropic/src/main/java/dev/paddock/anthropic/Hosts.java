package dev.paddock.anthropic;

import dev.paddock.server.spi.ServerException;
import java.util.regex.Pattern;

/** Host names that something may reach. */
final class Hosts {
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?%s(\\.%s)*".formatted(LABEL, LABEL));
  private static final Pattern HOST_AND_PORT = Pattern.compile(HOST.pattern() + "(:[0-9]{1,5})?");
  private static final int MAX_LENGTH = 253;
  private static final int LAST_PORT = 65_535;

  /** What programs read as an address, each in its own way, unless it has four decimal parts. */
  private static final Pattern NUMBER = Pattern.compile("(.*\\.)?(0[xX][0-9a-fA-F]*|[0-9]+)");

  private static final Pattern ADDRESS =
      Pattern.compile("(%1$s\\.){3}%1$s".formatted("(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"));

  private Hosts() {}

  /**
   * A name such as {@code api.example.com}, or {@code *.example.com}. A star over a whole top-level
   * domain is refused.
   */
  static String require(Fields.Item item, boolean port) {
    String host = item.text(MAX_LENGTH + 6);
    if (!(port ? HOST_AND_PORT : HOST).matcher(host).matches() || !meansOne(host)) {
      throw ServerException.invalid(
          item.path(),
          "must be a host name such as api.example.com or *.example.com, not \"%s\""
              .formatted(Texts.shortened(host)));
    }
    return host;
  }

  /** Whether every program reads the same in it, and not a whole top-level domain. */
  private static boolean meansOne(String written) {
    int colon = written.indexOf(':');
    String host = colon < 0 ? written : written.substring(0, colon);
    int port = colon < 0 ? 1 : Integer.parseInt(written.substring(colon + 1));
    boolean whole = host.startsWith("*.") && host.indexOf('.', 2) < 0;
    boolean address = !NUMBER.matcher(host).matches() || ADDRESS.matcher(host).matches();
    return !whole && address && port >= 1 && port <= LAST_PORT;
  }
}
