package dev.paddock.egress;

import java.net.IDN;
import java.util.regex.Pattern;

/** Which hosts a rule is about. */
public sealed interface HostPattern {
  /** Characters that the two versions of IDNA map to different names. */
  Pattern AMBIGUOUS = Pattern.compile("[\\u00df\\u03c2\\u200c\\u200d]");

  boolean matches(Host host);

  /** As it is written in a rule. */
  String text();

  /** One name or address. */
  record Exact(Host host) implements HostPattern {
    @Override
    public boolean matches(Host other) {
      return host.equals(other);
    }

    @Override
    public String text() {
      return host.text();
    }
  }

  /** Every host; no rule can be written so. */
  record Any() implements HostPattern {
    @Override
    public boolean matches(Host other) {
      return true;
    }

    @Override
    public String text() {
      return "*";
    }
  }

  /** {@code *.host}: every name below the host, not the host itself. */
  record Below(Host host) implements HostPattern {
    @Override
    public boolean matches(Host other) {
      return other.below(host);
    }

    @Override
    public String text() {
      return "*." + host.text();
    }
  }

  /**
   * Reads a host or {@code *.host}; names in other scripts may be written as people write them.
   *
   * @throws EgressException if it is neither, or would allow a whole top-level domain
   */
  static HostPattern parse(String written) {
    if (written.equals("*")) {
      throw EgressException.invalid(
          "\"*\" names no host; an environment that may reach every public host says so by"
              + " networking of type unrestricted");
    }
    if (!written.startsWith("*.")) {
      return new Exact(Host.parse(ascii(written)));
    }
    Host host = Host.parse(ascii(written.substring(2)));
    if (host.literal().isPresent() || host.singleLabel()) {
      throw EgressException.invalid(
          Text.quoted(written) + " would allow too much; name at least two parts: *.example.com");
    }
    return new Below(host);
  }

  private static String ascii(String written) {
    if (written.chars().allMatch(c -> c < 128)) {
      return written;
    }
    if (AMBIGUOUS.matcher(written).find()) {
      throw EgressException.invalid(
          Text.quoted(written) + " means different names to different programs; write it as xn--…");
    }
    try {
      return IDN.toASCII(written, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException e) {
      throw EgressException.invalid("not a host name: " + Text.quoted(written));
    }
  }
}
