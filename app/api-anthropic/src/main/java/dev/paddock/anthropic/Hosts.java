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

  private Hosts() {}

  /**
   * A name such as {@code api.example.com}, or {@code *.example.com}. A star over a whole top-level
   * domain is refused.
   */
  static String require(Fields.Item item, boolean port) {
    String host = item.text(MAX_LENGTH + 6);
    boolean whole = host.startsWith("*.") && host.indexOf('.', 2) < 0;
    if (!(port ? HOST_AND_PORT : HOST).matcher(host).matches() || whole) {
      throw ServerException.invalid(
          item.path(),
          "must be a host name such as api.example.com or *.example.com, not \"%s\""
              .formatted(Texts.shortened(host)));
    }
    return host;
  }
}
