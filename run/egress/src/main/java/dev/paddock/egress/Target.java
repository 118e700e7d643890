package dev.paddock.egress;

/** Where a request wants to go. */
public record Target(Host host, int port) {
  public Target {
    if (port < 1 || port > 65535) {
      throw EgressException.invalid("a port is 1 to 65535, not " + port);
    }
  }

  /**
   * Reads {@code host:port} or {@code host}.
   *
   * @param defaultPort for when it names none; 0 if it must
   */
  public static Target parse(String authority, int defaultPort) {
    if (authority.indexOf('@') >= 0) {
      throw EgressException.invalid("a host must not carry a user name: " + Text.quoted(authority));
    }
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    if (end <= 0) {
      end = authority.length();
    }
    String rest = authority.substring(end);
    if (rest.isEmpty() && defaultPort == 0) {
      throw EgressException.invalid("the port is missing: " + Text.quoted(authority));
    }
    if (!rest.isEmpty() && !rest.matches(":[0-9]{1,5}")) {
      throw EgressException.invalid("not a host and port: " + Text.quoted(authority));
    }
    int port = rest.isEmpty() ? defaultPort : Integer.parseInt(rest.substring(1));
    return new Target(Host.parse(authority.substring(0, end)), port);
  }

  /** As a Host header says it: without the port that the scheme implies. */
  String authority(int impliedPort) {
    return port == impliedPort ? host.text() : toString();
  }

  @Override
  public String toString() {
    return host.text() + ":" + port;
  }
}
