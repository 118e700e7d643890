package dev.paddock.egress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What may be asked of some hosts.
 *
 * @param ports none means 80 and 443, and at loopback and private addresses every port that {@code
 *     PADDOCK_PRIVATE_HOSTS} allows
 * @param methods in upper case; none means all. Together with {@code paths} it can be held in HTTPS
 *     only by looking into it, which is then done
 * @param paths none means all
 * @param tcp whether a tunnel may carry something other than TLS, which nobody looks into
 */
public record EgressRule(
    HostPattern host,
    Set<Integer> ports,
    Set<String> methods,
    List<PathPrefix> paths,
    boolean tcp) {
  static final Set<Integer> USUAL_PORTS = Set.of(80, 443);

  public EgressRule {
    ports = Set.copyOf(ports);
    methods = Set.copyOf(methods);
    paths = List.copyOf(paths);
    for (String method : methods) {
      if (!method.matches("[A-Z]{1,20}")) {
        throw EgressException.invalid("not an HTTP method in capitals: " + Text.quoted(method));
      }
    }
  }

  /**
   * Reads {@code host}, {@code *.host}, {@code host:port}, or a URL such as {@code
   * https://host/api/}, whose scheme gives the port and whose path is a prefix.
   */
  public static EgressRule parse(String written) {
    String rest = written.strip();
    int impliedPort = 0;
    List<PathPrefix> paths = List.of();
    int scheme = rest.indexOf("://");
    if (scheme >= 0) {
      impliedPort =
          switch (rest.substring(0, scheme).toLowerCase(Locale.ROOT)) {
            case "https", "wss" -> 443;
            case "http", "ws" -> 80;
            default ->
                throw EgressException.invalid(
                    "only http and https hosts can be allowed: " + Text.quoted(written));
          };
      rest = rest.substring(scheme + 3);
      int slash = rest.indexOf('/');
      if (slash >= 0) {
        String path = rest.substring(slash);
        paths = path.equals("/") ? List.of() : List.of(new PathPrefix(path));
        rest = rest.substring(0, slash);
      }
    }
    int colon = rest.lastIndexOf(':');
    boolean port = colon >= 0 && colon > rest.lastIndexOf(']');
    if (port) {
      if (!rest.substring(colon + 1).matches("[0-9]{1,5}")) {
        throw EgressException.invalid("not a host and port: " + Text.quoted(written));
      }
      impliedPort = Integer.parseInt(rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    if (impliedPort > 65535 || (port && impliedPort == 0)) {
      throw EgressException.invalid("a port is 1 to 65535: " + Text.quoted(written));
    }
    Set<Integer> ports = impliedPort == 0 ? Set.of() : Set.of(impliedPort);
    return new EgressRule(HostPattern.parse(rest), ports, Set.of(), paths, false);
  }

  public EgressRule withMethods(Set<String> allowed) {
    return new EgressRule(host, ports, allowed, paths, tcp);
  }

  public EgressRule withPaths(List<PathPrefix> allowed) {
    return new EgressRule(host, ports, methods, allowed, tcp);
  }

  public EgressRule withTcp() {
    return new EgressRule(host, ports, methods, paths, true);
  }

  boolean concerns(Target target) {
    return host.matches(target.host()) && (ports.isEmpty() || ports.contains(target.port()));
  }

  boolean allows(String method, String path) {
    return (methods.isEmpty() || methods.contains(method))
        && (paths.isEmpty() || paths.stream().anyMatch(prefix -> prefix.matches(path)));
  }

  /** Whether the port is one that the rule allows at public addresses too. */
  boolean anywhere(Target target) {
    return !ports.isEmpty() || USUAL_PORTS.contains(target.port());
  }

  /** Whether it depends on what is asked, and not only of whom. */
  boolean needsInspection() {
    return !methods.isEmpty() || !paths.isEmpty();
  }

  /** For the log. */
  String text() {
    List<String> words = new ArrayList<>();
    words.add(host.text());
    if (!ports.isEmpty()) {
      words.add("port " + join(new TreeSet<>(ports)));
    }
    if (!methods.isEmpty()) {
      words.add(join(new TreeSet<>(methods)));
    }
    paths.forEach(path -> words.add(path.text()));
    if (tcp) {
      words.add("tcp");
    }
    return String.join(" ", words);
  }

  private static String join(Set<?> values) {
    return String.join(",", values.stream().map(Object::toString).toList());
  }
}
