package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingArena.Attack;
import dev.paddock.sandbox.TestingArena.Round;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ProcessOutput;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.TerminalSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a process that outlives its call has and a command has not: a terminal, and a network that
 * it shares. All else that holds it is in the file of arguments that both are started with.
 */
class StartedProcessAttackTest {
  private TestingArena arena;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  private static ProcessOutput run(Sandbox sandbox, String... command) throws InterruptedException {
    return sandbox
        .start(ProcessRequest.of(command).withTerminal(TerminalSize.USUAL))
        .read(Duration.ofSeconds(60));
  }

  private static Attack terminal(String... command) {
    return round -> run(round.sandbox(), command).exitCode().equals(Optional.of(0));
  }

  @Test
  void theBoxIsTheSameButForItsNetwork() throws Exception {
    Path folder = Files.createDirectory(arena.folder().resolve("box"));
    BoxArguments box =
        new BoxArguments(
            SandboxSpec.of(folder),
            folder,
            EtcFolder.create(folder.resolve("etc"), Path.of("/etc")),
            folder,
            Machine.THIS.bubblewrap(),
            LaunchOptions.PRODUCTION);
    List<String> shared = new ArrayList<>(box.list(true));
    assertThat(shared.remove("--unshare-net")).isTrue();
    assertThat(box.list(false)).isEqualTo(shared);
  }

  @Test
  void attack20_typesIntoItsTerminal() throws Exception {
    Path legacy = Path.of("/proc/sys/dev/tty/legacy_tiocsti");
    boolean refused = Files.exists(legacy) && Files.readString(legacy).startsWith("0");
    Attack attack = terminal("perl", "-e", "my $key = 'x'; exit(!ioctl(STDIN, 0x5412, $key))");
    arena.assertHeld(attack);
    assumeTrue(!refused, "this kernel refuses TIOCSTI to everyone");
    arena.assertHeldBy(attack, Measure.FILTER_TERMINAL);
  }

  @Test
  void attack20_writesToATerminalOfTheHost() throws Exception {
    try (Terminal other = Terminal.open(TerminalSize.USUAL)) {
      arena.assertHeldBy(
          terminal("sh", "-c", "echo gotcha >" + other.path()), Measure.PRIVATE_DEVICES);
    }
  }

  @Test
  void attack28_connectsToAProcessOfAnotherSandbox() throws Exception {
    String serve =
        """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die;
        $| = 1;
        print "port ", $s->sockport, "\\n";
        sleep 60;
        """;
    arena.assertHeldBy(
        round -> {
          Path workspace = Files.createDirectory(round.workspace().resolveSibling("other"));
          try (Sandbox other = round.provider().start(SandboxSpec.of(workspace).withBackground())) {
            RunningProcess server = other.start(ProcessRequest.of("perl", "-e", serve));
            StringBuilder said = new StringBuilder();
            while (said.indexOf("\n") < 0) {
              said.append(server.read(Duration.ofMillis(20)).text());
            }
            String port = said.substring("port ".length()).strip();
            return terminal("bash", "-c", "exec 9<>/dev/tcp/127.0.0.1/" + port).succeeds(round);
          }
        },
        Measure.NETWORK_NAMESPACE);
  }

  @Test
  void attack29_dialsTheHost() throws Exception {
    try (TestingListener listener = TestingListener.tcp("127.0.0.1")) {
      arena.assertHeldBy(
          round -> {
            terminal("bash", "-c", "exec 9<>/dev/tcp/127.0.0.1/" + listener.port()).succeeds(round);
            return listener.hit();
          },
          Measure.NETWORK_NAMESPACE);
    }
  }

  /** The network belongs to a user namespace in which no box has a capability. */
  @Test
  void attack29_changesTheNetworkThatOthersShare() throws Exception {
    String down =
        """
        use Socket;
        socket(S, AF_INET, SOCK_DGRAM, 0) or exit 2;
        my $lo = pack('a16 s x22', 'lo', 0);
        exit(!ioctl(S, 0x8914, $lo));
        """;
    arena.assertHeldBy(
        terminal("perl", "-e", down), Measure.NO_CAPABILITIES, Measure.USER_NAMESPACE);
  }

  @Test
  void attack16_entersTheHoldersNamespaces() throws Exception {
    arena.assertHeld(
        terminal(
            "sh",
            "-c",
            "for p in /proc/[0-9]*; do nsenter --user=$p/ns/user true 2>/dev/null && exit 0;"
                + " nsenter --net=$p/ns/net true 2>/dev/null && exit 0; done; exit 1"));
  }

  @Test
  void attack26_fillsTheWorkspaceInTheBackground() throws Exception {
    arena.limits(Limits.DEFAULT.withWorkspaceBytes(32L << 20));
    try (Round round = arena.round(Measure.ALL)) {
      ProcessOutput output =
          run(round.sandbox(), "sh", "-c", "head -c 300M /dev/zero >fill; sleep 60");
      assertThat(output.killedBy()).contains(KilledBy.WORKSPACE);
      assertThat(output.text()).contains("killed: workspace limit 32 MiB");
    }
  }

  @Test
  void withABridgeProcessesReachTheProxyAndNothingElseOfIt() throws Exception {
    assumeTrue(Machine.THIS.socat().isPresent(), "needs socat");
    try (TestingProxy proxy = new TestingProxy(arena.host())) {
      arena.egress(proxy.egress).background();
      try (Round round = arena.round(Measure.ALL)) {
        assertThat(run(round.sandbox(), "perl", "-e", EgressBridgeTest.ASK).text())
            .isEqualTo("hello\r\n");
        String seen =
            run(
                    round.sandbox(),
                    "bash",
                    "-c",
                    "ls -A /; cat /proc/[0-9]*/cmdline | tr '\\0' ' '; ls /proxy "
                        + proxy.egress.socket())
                .text();
        assertThat(seen).doesNotContain("socat", "whole").contains("No such file");
        RunningProcess server =
            round
                .sandbox()
                .start(
                    ProcessRequest.of(
                            "perl",
                            "-e",
                            "use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr =>"
                                + " '127.0.0.1', LocalPort => 8000, Listen => 5) or die; $| = 1;"
                                + " print \"up\\n\"; print { $s->accept } \"hi\\n\"; sleep 60")
                        .withEnvironment(Map.of("A", "b")));
        while (!server.read(Duration.ofMillis(20)).text().contains("up")) {
          Thread.onSpinWait();
        }
        assertThat(
                round
                    .sandbox()
                    .shell(TestingShell.request("head -1 </dev/tcp/127.0.0.1/8000"))
                    .stdoutText())
            .isEqualTo("hi\n");
      }
      assertThat(TestingProcesses.bridges(arena.host())).isEmpty();
      assertThat(proxy.asked()).isEqualTo(1);
    }
  }
}
