package dev.paddock.egress;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * A host name or an IP address in its one canonical spelling: what is matched against rules is what
 * is looked up and dialled.
 *
 * <p>Names are lower-case ASCII without the trailing dot; IPv4 is dotted decimal; IPv6 is in
 * brackets, an address that embeds an IPv4 one as {@code ::ffff:…} being that IPv4 address. Other
 * spellings of IPv4 ({@code 127.1}, {@code 0x7f000001}, {@code 2130706433}, leading zeros) are
 * refused: programs disagree about what they mean.
 */
public final class Host {
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_LABEL = 63;

  private final String text;
  private final Optional<InetAddress> literal;

  /** Only tests make hosts that nobody has read strictly. */
  Host(String text, Optional<InetAddress> literal) {
    this.text = text;
    this.literal = literal;
  }

  /**
   * Reads a host as it stands in a URL or a request.
   *
   * @throws EgressException if it is no host name and no address; the message says why
   */
  public static Host parse(String written) {
    if (written.isEmpty()) {
      throw EgressException.invalid("the host is empty");
    }
    if (written.startsWith("[")) {
      if (!written.endsWith("]")) {
        throw EgressException.invalid("an IPv6 address ends with ]: " + Text.quoted(written));
      }
      return of(
          IpText.parseV6(written.substring(1, written.length() - 1))
              .orElseThrow(
                  () -> EgressException.invalid("not an IPv6 address: " + Text.quoted(written))));
    }
    String name = written.toLowerCase(Locale.ROOT);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    requireName(name, written);
    String last = name.substring(name.lastIndexOf('.') + 1);
    if (IpText.looksNumeric(last)) {
      return of(
          IpText.parseV4(name)
              .orElseThrow(
                  () ->
                      EgressException.invalid(
                          Text.quoted(written)
                              + " is a number, but not an IPv4 address of four decimal parts"
                              + " without leading zeros; write it so")));
    }
    return new Host(name, Optional.empty());
  }

  static Host of(InetAddress address) {
    return switch (address) {
      case Inet4Address v4 -> new Host(v4.getHostAddress(), Optional.of(v4));
      case Inet6Address v6 -> new Host("[" + IpText.format(v6) + "]", Optional.of(v6));
      default -> throw EgressException.invalid("not an internet address: " + address);
    };
  }

  private static void requireName(String name, String written) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw EgressException.invalid("a host name has 1 to 253 characters: " + Text.quoted(written));
    }
    int label = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.') {
        requireLabel(name.substring(i - label, i), written);
        label = 0;
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
        label++;
      } else {
        throw EgressException.invalid(
            "a host name has letters, digits, '-', '_' and '.' only (names in other scripts are"
                + " written as xn--…): "
                + Text.quoted(written));
      }
    }
    requireLabel(name.substring(name.length() - label), written);
  }

  private static void requireLabel(String label, String written) {
    if (label.isEmpty()
        || label.length() > LONGEST_LABEL
        || label.startsWith("-")
        || label.endsWith("-")) {
      throw EgressException.invalid(
          "each part of a host name has 1 to 63 characters and no '-' at its ends: "
              + Text.quoted(written));
    }
  }

  /** The canonical spelling, IPv6 in brackets. */
  public String text() {
    return text;
  }

  /** The address, if it is one and not a name. */
  public Optional<InetAddress> literal() {
    return literal;
  }

  /** Whether it is a name and lies below the other name. */
  boolean below(Host other) {
    return literal.isEmpty() && other.literal.isEmpty() && text.endsWith("." + other.text);
  }

  boolean singleLabel() {
    return literal.isEmpty() && text.indexOf('.') < 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Host host && host.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
