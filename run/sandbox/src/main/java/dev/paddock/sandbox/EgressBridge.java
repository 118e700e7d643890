package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.EgressSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The stage between the host and a box that may reach hosts: a bubblewrap of its own makes the
 * network, starts socat there, from a loopback port to the proxy's socket, and becomes the box's
 * bubblewrap. The box shares that network, but sees neither socket nor socat.
 *
 * @param arguments the file with the stage's bubblewrap arguments
 */
public record EgressBridge(Path socat, Path arguments) {
  /** Where a box finds its proxy on its own loopback address. */
  public static final int PORT = 3128;

  /** Where a box finds the certificates to trust. */
  public static final String SHOWN = "/paddock";

  private static final String SOCKET = "/proxy";
  private static final Path SYSTEM_BUNDLE = Path.of("/etc/ssl/certs/ca-certificates.crt");

  /**
   * Waits until socat listens, so that a command's first connection finds it. The descriptors stay
   * away from socat, which would hold the box's outputs open.
   */
  private static final String LISTEN =
      """
      "$socat" -b 65536 -t 120 \
        TCP-LISTEN:%1$d,bind=127.0.0.1,reuseaddr,fork,backlog=256,max-children=192 \
        UNIX-CONNECT:%2$s </dev/null >/dev/null 2>&1 3<&- 4<&- 5>&- 6>&- &
      listens() {
        while read -r number local rest; do
          [ "$local" = 0100007F:%3$04X ] && return 0
        done </proc/net/tcp
        return 1
      }
      tries=0
      until listens; do
        tries=$((tries + 1))
        if [ $tries -gt 5000 ] || ! kill -0 $! 2>/dev/null; then
          echo 'the bridge to the egress proxy did not start' >&2
          exit 125
        fi
        /bin/sleep 0.001
      done
      """
          .formatted(PORT, SOCKET, PORT);

  static final String SCRIPT =
      """
      socat=$1
      bubblewrap=$2
      shift 2
      """
          + LISTEN
          + """
          exec "$bubblewrap" --args 4 --seccomp 3 --json-status-fd 5 -- "$@" 6>&-
          """;

  /** Stays in a network that several boxes share. */
  static final String HOLDER_SCRIPT =
      """
      socat=$1
      """
          + LISTEN
          + SandboxNetwork.SCRIPT;

  static Path socat(Machine machine) {
    return machine
        .socat()
        .orElseThrow(
            () ->
                new SandboxException(
                    ErrorCode.ISOLATION_MISSING,
                    "this sandbox may reach hosts, and the bridge to its proxy needs socat, which is"
                        + " not installed; fix: "
                        + Machine.INSTALL_SOCAT));
  }

  /**
   * The view of the stage: what the box is made of, and the socket.
   *
   * @param box the box's own arguments, whose sources the stage must have
   */
  static List<String> list(EgressSocket egress, List<String> box, LaunchOptions options) {
    // not 0, which the box could then not map without a capability that the stage does not have
    List<String> arguments =
        new ArrayList<>(List.of("--unshare-user", "--uid", "1000", "--gid", "1000"));
    if (options.has(Measure.NETWORK_NAMESPACE)) {
      arguments.add("--unshare-net");
    }
    if (options.has(Measure.BRIDGE_PROCESSES)) {
      arguments.add("--unshare-pid");
    }
    arguments.addAll(List.of("--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL"));
    if (options.has(Measure.DIE_WITH_PARENT)) {
      arguments.add("--die-with-parent");
    }
    arguments.addAll(List.of("--dir", "/tmp")); // where bubblewrap builds the box's root
    sources(box, arguments);
    arguments.addAll(List.of("--dev", "/dev", "--proc", "/proc"));
    // the kernel lets the box mount its /proc only where a whole one is mounted already, which the
    // line above is not for root; nobody can enter the folder in which this one lies
    arguments.addAll(List.of("--perms", "0000", "--dir", "/whole"));
    arguments.addAll(List.of("--bind", "/proc", "/whole/proc"));
    arguments.addAll(List.of("--ro-bind", egress.socket().toString(), SOCKET));
    arguments.addAll(List.of("--remount-ro", "/", "--chdir", "/"));
    return arguments;
  }

  /** What only the socket is shown, and what socat needs. */
  static List<String> holder(EgressSocket egress) {
    return List.of(
        "--dev-bind",
        "/dev/null",
        "/dev/null",
        "--proc",
        "/proc",
        "--ro-bind",
        egress.socket().toString(),
        SOCKET);
  }

  /** Everything that the box binds, at its own place. */
  private static void sources(List<String> box, List<String> arguments) {
    for (int i = 0; i + 2 < box.size(); i++) {
      String flag = box.get(i);
      String source = box.get(i + 1);
      switch (flag) {
        case "--ro-bind", "--ro-bind-try", "--bind" -> {
          if (!source.equals("/proc")) {
            arguments.addAll(List.of(flag, source, source));
          }
          i += 2;
        }
        case "--symlink" -> {
          arguments.addAll(box.subList(i, i + 3));
          i += 2;
        }
        case "--setenv" -> i += 2; // whose values are no flags
        default -> {}
      }
    }
  }

  /** What the box is shown of the proxy: certificates to trust. */
  static List<String> mounts(EgressSocket egress) {
    String certificates = egress.certificates().toString();
    List<String> arguments = new ArrayList<>(List.of("--ro-bind", certificates, SHOWN));
    if (Files.isRegularFile(SYSTEM_BUNDLE, LinkOption.NOFOLLOW_LINKS)) {
      arguments.addAll(
          List.of("--ro-bind", certificates + "/bundle.pem", SYSTEM_BUNDLE.toString()));
    }
    return arguments;
  }

  /** What makes programs use the proxy, and trust it. */
  public static Map<String, String> environment() {
    String proxy = "http://127.0.0.1:" + PORT;
    String none = "localhost,127.0.0.1,::1";
    String bundle = SHOWN + "/bundle.pem";
    Map<String, String> variables = new LinkedHashMap<>();
    for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")) {
      variables.put(name, proxy);
      variables.put(name.toLowerCase(Locale.ROOT), proxy);
    }
    variables.put("NO_PROXY", none);
    variables.put("no_proxy", none);
    for (String name :
        List.of(
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "PIP_CERT",
            "CURL_CA_BUNDLE",
            "GIT_SSL_CAINFO",
            "CARGO_HTTP_CAINFO",
            "AWS_CA_BUNDLE",
            "DENO_CERT")) {
      variables.put(name, bundle);
    }
    variables.put("NODE_EXTRA_CA_CERTS", SHOWN + "/ca.pem");
    variables.put("NODE_USE_ENV_PROXY", "1");
    variables.put("npm_config_proxy", proxy);
    variables.put("npm_config_https_proxy", proxy);
    variables.put("CARGO_HTTP_PROXY", proxy);
    variables.put(
        "JAVA_TOOL_OPTIONS",
        "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%1$d -Dhttps.proxyHost=127.0.0.1"
                .formatted(PORT)
            + " -Dhttps.proxyPort=%d -Dhttp.nonProxyHosts=localhost|127.*|[::1]".formatted(PORT)
            + " -Djavax.net.ssl.trustStore=%s/trust.p12 -Djavax.net.ssl.trustStoreType=PKCS12"
                .formatted(SHOWN)
            // Maven's resolver reads the settings above only when told to
            + " -Daether.connector.http.useSystemProperties=true"
            + " -Daether.transport.apache.useSystemProperties=true");
    return variables;
  }
}
