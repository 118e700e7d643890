package dev.paddock.egress;

import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * What the way from a box through bridge and proxy costs, beside the same client on the host that
 * asks the server directly, turn by turn. {@code main [MEGABYTES] [ROUNDS]}.
 */
public final class EgressBenchmark {
  private static final String REQUESTS =
      """
      use IO::Socket::INET; use Time::HiRes qw(time);
      my ($peer, $url, $count) = @ARGV;
      for (1 .. $count) {
        my $start = time;
        my $c = IO::Socket::INET->new(PeerAddr => $peer) or die;
        print $c "GET $url HTTP/1.1\\r\\nHost: allowed.test:$ENV{PORT}\\r\\n\\r\\n";
        1 while sysread($c, my $b, 65536);
        printf "%.0f\\n", (time - $start) * 1e6;
      }
      """;

  private EgressBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    long megabytes = arguments.length > 0 ? Long.parseLong(arguments[0]) : 256;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "paddock-bench");
    CertificateAuthority hosts = new CertificateAuthority();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket plain = new ServerSocket(0, 50, loopback);
        ServerSocket secure =
            hosts
                .contextFor(Host.parse("allowed.test"))
                .getServerSocketFactory()
                .createServerSocket(0, 50, loopback);
        EgressService service =
            new EgressService(
                EgressFolder.create(folder.resolve("egress")),
                new AddressGuard(
                    PrivateHosts.parse("127.0.0.1"), Set::of, name -> List.of(loopback)),
                new TrustedRoots(Set.of(hosts.certificate())),
                EgressOptions.PRODUCTION);
        EgressProxy proxy = service.open(policy(plain, secure), record -> {});
        LocalSandboxProvider boxes = new LocalSandboxProvider(folder.resolve("boxes"));
        Sandbox bridged = boxes.start(spec(folder, "a").withEgress(socket(proxy)));
        Sandbox closed = boxes.start(spec(folder, "b"))) {
      serve(plain, megabytes);
      serve(secure, megabytes);
      starts(bridged, closed, 60);
      requests(bridged, plain.getLocalPort(), 200);
      EgressPolicy inspecting =
          proxy.policy().withInspected(List.of(HostPattern.parse("allowed.test")));
      String http = "http://allowed.test:" + plain.getLocalPort() + "/big";
      String https = "https://allowed.test:" + secure.getLocalPort() + "/big";
      String bundle = proxy.certificates().resolve("bundle.pem").toString();
      throughput("http", bridged, http, bundle, megabytes, rounds);
      String paced = http.replace("/big", "/paced");
      throughput("http from a host at 1 Gbit/s", bridged, paced, bundle, megabytes, 2);
      throughput("https, tunnel", bridged, https, bundle, megabytes, rounds);
      proxy.policy(inspecting);
      throughput("https, looked into", bridged, https, bundle, megabytes, rounds);
    } finally {
      EgressFolder.delete(folder);
    }
  }

  private static EgressPolicy policy(ServerSocket plain, ServerSocket secure) {
    return EgressPolicy.of(
        List.of("allowed.test:" + plain.getLocalPort(), "allowed.test:" + secure.getLocalPort()));
  }

  private static SandboxSpec spec(Path folder, String name) throws IOException {
    return SandboxSpec.of(Files.createDirectory(folder.resolve(name)));
  }

  private static EgressSocket socket(EgressProxy proxy) {
    return new EgressSocket(proxy.socket(), proxy.certificates());
  }

  private static void serve(ServerSocket server, long megabytes) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (true) {
                try {
                  Socket socket = server.accept();
                  Thread.ofVirtual().start(() -> answer(socket, megabytes));
                } catch (IOException closed) {
                  return;
                }
              }
            });
  }

  private static void answer(Socket socket, long megabytes) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] head = new byte[4096];
      String asked = new String(head, 0, Math.max(0, in.read(head)), StandardCharsets.US_ASCII);
      boolean paced = asked.contains("/paced");
      long bytes = paced || asked.contains("/big") ? megabytes << 20 : 5;
      String start = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + bytes + "\r\n\r\n";
      out.write(start.getBytes(StandardCharsets.US_ASCII));
      byte[] piece = new byte[1 << 18];
      long begun = System.nanoTime();
      for (long left = bytes; left > 0; left -= piece.length) {
        long due = begun + (bytes - left) * 8; // nanoseconds: 8 a byte is 1 Gbit/s
        while (paced && System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        out.write(piece, 0, (int) Math.min(left, piece.length));
      }
    } catch (IOException gone) {
      return;
    }
  }

  private static void starts(Sandbox bridged, Sandbox closed, int rounds) throws Exception {
    long[] with = new long[rounds];
    long[] without = new long[rounds];
    for (int i = -10; i < rounds; i++) {
      long start = System.nanoTime();
      bridged.exec(ExecRequest.of("/bin/true"));
      long between = System.nanoTime();
      closed.exec(ExecRequest.of("/bin/true"));
      if (i >= 0) {
        with[i] = between - start;
        without[i] = System.nanoTime() - between;
      }
    }
    print("exec /bin/true with a bridge", with);
    print("exec /bin/true without", without);
  }

  private static void requests(Sandbox box, int port, int count) throws Exception {
    String url = "http://allowed.test:" + port + "/small";
    String[] boxed = {"perl", "-e", REQUESTS, "127.0.0.1:3128", url, Integer.toString(count)};
    box.exec(ExecRequest.of(boxed));
    String there =
        box.exec(ExecRequest.of("env", "PORT=" + port, "perl", "-e", REQUESTS, boxed[3], url, boxed[5]))
            .stdoutText();
    print("small request by bridge and proxy", nanos(there));
    print("small request directly", nanos(host("PORT=" + port, "perl", "-e", REQUESTS, "127.0.0.1:" + port, "/small", boxed[5])));
  }

  private static long[] nanos(String micros) {
    return micros.lines().mapToLong(line -> Long.parseLong(line) * 1000).toArray();
  }

  private static void throughput(
      String name, Sandbox box, String url, String bundle, long megabytes, int rounds)
      throws Exception {
    double ours = 0;
    double direct = 0;
    String format = "%{speed_download}";
    String port = url.replaceFirst(".*:(\\d+)/.*", "$1");
    for (int i = 0; i < rounds; i++) {
      String there =
          box.exec(ExecRequest.of("curl", "-sS", "-o", "/dev/null", "-w", format, url)).stdoutText();
      String here =
          host("X=1", "curl", "-sS", "-o", "/dev/null", "-w", format, "--cacert", bundle,
              "--resolve", "allowed.test:" + port + ":127.0.0.1", url);
      ours = Math.max(ours, Double.parseDouble(there));
      direct = Math.max(direct, Double.parseDouble(here));
    }
    System.out.printf(
        "%-36s %5.0f MB/s, directly %5.0f MB/s: %3.0f %% (%d MB, best of %d)%n",
        name, ours / 1e6, direct / 1e6, 100 * ours / direct, megabytes, rounds);
  }

  private static String host(String variable, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    int equals = variable.indexOf('=');
    builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
    builder.environment().put("PATH", "/usr/bin:/bin");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static void print(String name, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%-36s min %.2f ms, p50 %.2f ms, p95 %.2f ms (n=%d)%n",
        name,
        nanos[0] / 1e6,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 95 / 100] / 1e6,
        nanos.length);
  }
}
