package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.TestingArena.Round;
import dev.paddock.sandbox.spi.Accounts;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The way from a box to its proxy, and that it is the only one. */
@EnabledOnOs(OS.LINUX)
final class EgressBridgeTest {
  static final String ASK =
      """
      use IO::Socket::INET;
      my $proxy = IO::Socket::INET->new(PeerAddr => '127.0.0.1:3128') or die "no proxy: $!\\n";
      print $proxy "GET http://allowed.test/ HTTP/1.1\\r\\n\\r\\n";
      my @lines = <$proxy>;
      print $lines[-1];
      """;

  private TestingArena arena;
  private TestingProxy proxy;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(Machine.THIS.socat().isPresent(), "needs socat");
    arena = new TestingArena();
    proxy = new TestingProxy(arena.host());
    arena.egress(proxy.egress);
  }

  @AfterEach
  void close() throws Exception {
    if (arena != null) {
      proxy.close();
      arena.close();
    }
  }

  @Test
  void commandsAndTheShellReachTheProxy() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      ExecResult result = round.perl(ASK);
      assertThat(result.stderrText()).isEmpty();
      assertThat(result.stdoutText()).isEqualTo("hello\n");
      Files.writeString(round.workspace().resolve("ask.pl"), ASK);
      for (int i = 0; i < 3; i++) {
        assertThat(round.sandbox().shell(TestingShell.request("perl ask.pl")).stdoutText())
            .isEqualTo("hello\n");
      }
      assertThat(round.sandbox().report().isolation())
          .contains("in the network a port that leads to this sandbox's egress proxy");
    }
    assertThat(proxy.asked()).isEqualTo(4);
  }

  @Test
  void accountsAreShownBehindTheBridgeToo(@TempDir Path folder) throws Exception {
    Path workspace = Files.createDirectory(folder.resolve("workspace"));
    SandboxSpec spec =
        SandboxSpec.of(workspace)
            .withEgress(proxy.egress)
            .withAccounts(new Accounts(List.of("ann"), Map.of()));
    try (LocalSandboxProvider provider = new LocalSandboxProvider(folder.resolve("run"));
        Sandbox sandbox = provider.start(spec)) {
      assertThat(sandbox.exec(ExecRequest.of("id", "-un", "ann")).stdoutText()).isEqualTo("ann\n");
    }
  }

  @Test
  void commandsEndAsTheyWouldWithoutIt() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(round.bash("echo out; echo err >&2; exit 7"))
          .satisfies(
              result -> {
                assertThat(result.exitCode()).isEqualTo(7);
                assertThat(result.stdoutText()).isEqualTo("out\n");
                assertThat(result.stderrText()).isEqualTo("err\n");
              });
      assertThat(round.bash("kill -9 $$").exitCode()).isEqualTo(137);
      assertThat(round.sandbox().exec(ExecRequest.of("no-such-program")).exitCode()).isEqualTo(127);
      assertThat(round.sandbox().exec(ExecRequest.of("/etc/passwd")).exitCode()).isEqualTo(126);
      ExecResult late =
          round.sandbox().exec(ExecRequest.of("sleep", "60").withTimeout(Duration.ofMillis(500)));
      assertThat(late.killedBy()).contains(KilledBy.TIMEOUT);
      assertThat(round.bash("id -u; readlink /proc/$$/fd/*; true").stdoutText())
          .matches("1000\n/dev/null\npipe:\\[\\d+]\npipe:\\[\\d+]\n");
    }
  }

  @Test
  void programsFindTheProxyAndItsCertificates() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      String seen =
          round
              .bash("env; cat \"$SSL_CERT_FILE\" \"$NODE_EXTRA_CA_CERTS\"; ls -A /paddock")
              .stdoutText();
      assertThat(seen)
          .contains("https_proxy=http://127.0.0.1:3128\n", "HTTPS_PROXY=http://127.0.0.1:3128\n")
          .contains("NO_PROXY=localhost,127.0.0.1,::1\n")
          .contains("bundle.pem", "ca.pem", "trust.p12")
          .doesNotContain(proxy.egress.socket().toString());
      if (Files.isRegularFile(Path.of("/etc/ssl/certs/ca-certificates.crt"))) {
        assertThat(round.bash("cat /etc/ssl/certs/ca-certificates.crt").stdoutText())
            .isEqualTo("bundle.pem");
      }
    }
  }

  @Test
  void theBoxSeesNeitherSocketNorBridge() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(round.bash("ls -A /; cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdoutText())
          .doesNotContain("proxy", "socat", "whole")
          .contains("workspace");
      assertThat(round.bash("ls /proxy " + proxy.egress.socket()).exitCode()).isNotZero();
      assertThat(round.perl("exit(kill('KILL', -1) > 1)").exitCode()).isIn(0, 137);
      assertThat(round.perl(ASK).stdoutText()).isEqualTo("hello\n");
    }
  }

  @Test
  void attack29_dialsAroundTheBridge() throws Exception {
    try (TestingListener listener = TestingListener.tcp("127.0.0.1")) {
      arena.assertHeldBy(
          round -> {
            round.bash("exec 9<>/dev/tcp/127.0.0.1/" + listener.port());
            return listener.hit();
          },
          Measure.NETWORK_NAMESPACE);
    }
  }

  @Test
  void attack29_findsARouteBesideTheBridge() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(round.bash("tail -n +2 /proc/net/route; cat /proc/net/dev").stdoutText())
          .contains("lo:")
          .satisfies(text -> assertThat(text.lines().count()).isEqualTo(3));
    }
  }

  @Test
  void attack17_connectsToTheProxysSocketItself() throws Exception {
    Path socket = proxy.egress.socket();
    arena.assertHeldBy(
        TestingArena.perl(
            """
            use Socket;
            socket(S, AF_UNIX, SOCK_STREAM, 0) or exit 1;
            exit(!connect(S, pack_sockaddr_un('%s')));
            """
                .formatted(socket)),
        Measure.FILTER_SOCKETS,
        Measure.HIDDEN_HOST);
  }

  @Test
  void attack28_usesTheBridgeOfAnotherSandbox() throws Exception {
    Path elsewhere = Files.createDirectory(arena.host().resolve("elsewhere"));
    try (TestingProxy other = new TestingProxy(elsewhere);
        Round round = arena.round(Measure.ALL)) {
      Path workspace = Files.createDirectory(round.workspace().resolveSibling("other"));
      SandboxSpec spec = SandboxSpec.of(workspace).withEgress(other.egress);
      try (Sandbox neighbour = round.provider().start(spec)) {
        assertThat(neighbour.shell(TestingShell.request("true")).exitCode()).isZero();
        assertThat(round.perl(ASK).stdoutText()).isEqualTo("hello\n");
        assertThat(proxy.asked()).isEqualTo(1);
        assertThat(other.asked()).isZero();
      }
    }
  }

  /** Only a network of its own keeps a box from the port of another one's bridge. */
  @Test
  void attack28_aBoxWithoutHostsHasNoBridge() throws Exception {
    try (TestingArena closed = new TestingArena();
        Round with = arena.round(Measure.ALL);
        Round without = closed.round(Measure.ALL)) {
      assertThat(with.sandbox().shell(TestingShell.request("true")).exitCode()).isZero();
      assertThat(without.perl(ASK).stderrText()).startsWith("no proxy: Connection refused");
    }
  }

  private long bridges() {
    return TestingProcesses.bridges(arena.folder()).size();
  }

  @Test
  void attack25_theBridgeEndsWithTheBox() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      round.sandbox().shell(TestingShell.request("sleep 60 &"));
      round.perl(ASK);
      assertThat(bridges()).isEqualTo(1);
    }
    assertThat(TestingFiles.becomes(() -> bridges() == 0)).isTrue();
  }

  /** As attack 24: of the bridge too, nothing stays behind. */
  @Test
  void attack24_leavesABridgeBehind() throws Exception {
    Path over = arena.host().resolve("over");
    String lingers = "\"$@\"; code=$?; until [ -e " + over + " ]; do sleep 0.02; done; exit $code";
    arena.options(LaunchOptions.PRODUCTION.withPrefix(List.of("sh", "-c", lingers, "lingering")));
    Files.createFile(over); // for the box that proves readiness
    arena.assertHeldBy(
        round -> {
          Files.delete(over);
          Files.deleteIfExists(round.workspace().resolve("ended"));
          FutureTask<ExecResult> call = new FutureTask<>(() -> round.bash("echo > ended"));
          Thread.ofVirtual().start(call);
          TestingFiles.awaitExists(round.workspace(), "ended");
          boolean left = !TestingFiles.becomes(() -> bridges() == 0, 5);
          Files.createFile(over);
          call.get(60, TimeUnit.SECONDS);
          return left;
        },
        Measure.BRIDGE_PROCESSES);
  }

  @Test
  void attack45_aDeadProxyMeansNoWayOut() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(round.sandbox().shell(TestingShell.request("true")).exitCode()).isZero();
      proxy.close();
      Files.delete(proxy.egress.socket());
      Files.writeString(round.workspace().resolve("ask.pl"), ASK);
      assertThat(round.sandbox().shell(TestingShell.request("perl ask.pl")).stdoutText()).isEmpty();
    }
  }

  @Test
  void withoutSocatItSaysWhatToInstall() throws Exception {
    Machine machine = Machine.THIS;
    Machine without =
        new Machine(
            machine.osName(),
            machine.osArch(),
            machine.proc(),
            machine.bwrap(),
            machine.bash(),
            Optional.empty());
    Path workspace = Files.createDirectory(arena.host().resolve("workspace"));
    try (LocalSandboxProvider provider =
        new LocalSandboxProvider(arena.host().resolve("run"), without, LaunchOptions.PRODUCTION)) {
      SandboxSpec spec = SandboxSpec.of(workspace);
      assertThatThrownBy(() -> provider.start(spec.withEgress(proxy.egress)))
          .isInstanceOf(SandboxException.class)
          .hasMessageContaining("sudo apt-get install socat")
          .extracting(e -> ((SandboxException) e).code())
          .isEqualTo(ErrorCode.ISOLATION_MISSING);
      provider.start(spec).close();
      assertThat(provider.readiness().ready()).isTrue();
      assertThat(provider.egressReadiness().missing())
          .singleElement()
          .satisfies(part -> assertThat(part.fix()).contains("sudo apt-get install socat"));
    }
  }

  @Test
  void killedPaddockLeavesNoBridge() throws Exception {
    try (TestingJvm jvm =
        TestingJvm.start(
            HoldsABridge.class,
            arena.host().toString(),
            proxy.egress.socket().toString(),
            proxy.egress.certificates().toString())) {
      assertThat(jvm.readLine()).isEqualTo("ready");
      assertThat(bridges()).isEqualTo(1);
      jvm.kill();
      assertThat(TestingFiles.becomes(() -> bridges() == 0)).isTrue();
    }
  }

  /** A process of its own with a bridged box in which a command runs. */
  static final class HoldsABridge {
    private HoldsABridge() {}

    public static void main(String[] arguments) throws Exception {
      Path host = Path.of(arguments[0]);
      Path workspace = Files.createDirectories(host.resolve("workspace"));
      EgressSocket egress = new EgressSocket(Path.of(arguments[1]), Path.of(arguments[2]));
      Sandbox sandbox =
          new LocalSandboxProvider(host.resolve("run"))
              .start(SandboxSpec.of(workspace).withEgress(egress));
      FutureTask<ExecResult> call =
          new FutureTask<>(
              () -> sandbox.exec(ExecRequest.of("bash", "-c", "echo > 1; exec sleep 73045")));
      Thread.ofVirtual().start(call);
      TestingFiles.awaitExists(workspace, "1");
      System.out.println("ready");
      call.get();
    }
  }
}
