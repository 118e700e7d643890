package dev.paddock.docker;

import static dev.paddock.docker.ContainerArena.perl;
import static dev.paddock.docker.ContainerArena.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.docker.ContainerArena.Attack;
import dev.paddock.docker.ContainerArena.Round;
import dev.paddock.sandbox.TestingFiles;
import dev.paddock.sandbox.TestingHostPerl;
import dev.paddock.sandbox.TestingListener;
import dev.paddock.sandbox.TestingProbes;
import dev.paddock.sandbox.TestingProcesses;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks 23 to 30 of {@code docs/sandbox.md} on containers: processes, resources, other sandboxes
 * and the network. The only addresses that are dialled are this machine's loopback addresses.
 */
final class ContainerProcessAttackTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private ContainerArena arena;

  @BeforeEach
  void open() {
    TestingEngines.assumeEngine();
    arena = new ContainerArena(folder);
  }

  @Test
  void attack23_findsAFileThatTheParentHasOpen() throws Exception {
    Path open = Files.writeString(folder.resolve("open-" + arena.canary()), "x");
    try (FileInputStream held = new FileInputStream(open.toFile());
        Round round = arena.round(Measure.ALL)) {
      assertThat(held.available()).isPositive();
      assertThat(round.bash("readlink /proc/$$/fd/*; true").stdoutText())
          .matches("/dev/null\npipe:\\[\\d+]\npipe:\\[\\d+]\n");
      assertThat(round.sandbox().shell(ShellRequest.of("ls -l /proc/[0-9]*/fd")).stdoutText())
          .doesNotContain(arena.canary());
    }
  }

  private static Attack leaves(String seconds, String daemon) {
    return round -> {
      round.bash(daemon.replace("SLEEP", "sleep " + seconds));
      return !TestingProcesses.running("sleep", seconds).isEmpty();
    };
  }

  @Test
  void attack24_leavesADaemonBehind() throws Exception {
    arena.assertHeldBy(
        leaves(
            "73124",
            """
            nohup setsid bash -c 'echo > ready; exec SLEEP' > /dev/null 2>&1 &
            until [ -e ready ]; do sleep 0.02; done
            """),
        Measure.PROCESS_MARK);
    assertThat(TestingFiles.becomes(() -> TestingProcesses.running("sleep", "73124").isEmpty()))
        .isTrue();
  }

  /** A process may lower the limits that mark it, and what it makes of the mark is no one's. */
  @Test
  void attack24_spoilsItsMark() throws Exception {
    for (String spoil : new String[] {"ulimit -x 0", "ulimit -q 0", "ulimit -x 0; ulimit -q 5"}) {
      arena.assertHeld(
          leaves(
              "73224",
              """
              nohup setsid bash -c '%s; echo > ready; exec SLEEP' > /dev/null 2>&1 &
              until [ -e ready ]; do sleep 0.02; done
              """
                  .formatted(spoil)));
    }
    arena.assertHeld(script("ulimit -x 60000 || ulimit -q 65536"));
  }

  @Test
  void attack26_eatsMemory() throws Exception {
    arena.limits(Limits.DEFAULT.withMemoryBytes(64 * MIB));
    arena.assertHeldBy(
        round -> {
          ExecResult result = round.perl(TestingProbes.MEMORY_BOMB);
          boolean survived = Files.exists(round.workspace().resolve("survived"));
          if (!survived) {
            assertThat(result.killedBy()).contains(KilledBy.MEMORY);
            assertThat(result.stderrText()).endsWith("killed: memory limit 64 MiB\n");
            assertThat(round.bash("echo fine | cat").stdoutText()).isEqualTo("fine\n");
          }
          return survived;
        },
        Measure.MEMORY_LIMIT);
  }

  @Test
  void attack26_forks() throws Exception {
    arena.limits(Limits.DEFAULT.withProcesses(40));
    arena.assertHeldBy(
        round -> {
          round.perl(TestingProbes.FORK_BOMB);
          assertThat(round.bash("echo fine | cat").stdoutText()).isEqualTo("fine\n");
          return Integer.parseInt(Files.readString(round.workspace().resolve("children"))) > 42;
        },
        Measure.PROCESS_LIMIT);
  }

  @Test
  void attack26_burnsProcessorTime() throws Exception {
    arena.limits(Limits.DEFAULT.withCpuSeconds(1));
    arena.assertHeldBy(
        round -> {
          round.perl(TestingProbes.BURN);
          return Files.exists(round.workspace().resolve("survived"));
        },
        Measure.CPU_LIMIT);
  }

  /** At 128 KiB/s five seconds write some 640 KiB. */
  @Test
  void attack26_takesTheWholeDisk() throws Exception {
    arena.limits(Limits.DEFAULT.withIoBytesPerSecond(128 << 10));
    try (Round round = arena.round(Measure.ALL)) {
      assumeTrue(
          round.sandbox().report().limits().get(Limit.IO) != Driver.NONE,
          "no control group here limits the workspace's disk");
    }
    arena.assertHeldBy(
        round -> {
          round.perl(TestingProbes.WRITE_THROUGH);
          return Files.size(round.workspace().resolve("big")) > 4 * MIB;
        },
        Measure.IO_LIMIT);
  }

  @Test
  void attack26_writesAHugeFile() throws Exception {
    arena.limits(Limits.DEFAULT.withFileSizeBytes(MIB));
    arena.assertHeldBy(
        round -> {
          round.bash("exec head -c 3M /dev/zero > big");
          return Files.size(round.workspace().resolve("big")) > MIB;
        },
        Measure.FILE_SIZE_LIMIT);
  }

  @Test
  void attack26_fillsTheWorkspace() throws Exception {
    arena.limits(Limits.DEFAULT.withWorkspaceBytes(8 * MIB));
    arena.assertHeldBy(
        script("for i in {1..12}; do head -c 1M /dev/zero > big$i; done; sleep 1"),
        Measure.WORKSPACE_LIMIT);
  }

  @Test
  void attack26_opensTooManyFiles() throws Exception {
    arena.assertHeldBy(perl(TestingProbes.OPEN_FILES), Measure.OPEN_FILES_LIMIT);
  }

  /** Everything that is memory and not the workspace has a size of its own. */
  @Test
  void attack26_fillsMemoryWithFiles() throws Exception {
    arena.limits(Limits.DEFAULT.withMemoryBytes(128 * MIB));
    try (Round round = arena.round(Measure.ALL)) {
      for (String place : new String[] {"/tmp", "/var/tmp", "/dev/shm"}) {
        round.bash("head -c 100M /dev/zero > %s/big; true".formatted(place));
        String size = round.bash("stat -c %%s %s/big; rm %1$s/big".formatted(place)).stdoutText();
        assertThat(Long.parseLong(size.strip())).as(place).isLessThanOrEqualTo(64 * MIB);
      }
    }
  }

  private static final String FIND_SLEEPER =
      """
      my $found;
      for my $file (glob '/proc/[0-9]*/cmdline') {
        open(my $f, '<', $file) or next;
        my ($pid) = $file =~ /(\\d+)/;
        $found = $pid if <$f> eq "sleep\\x00%s\\x00";
      }
      exit(!$found);
      """;

  @Test
  void attack27_seesAProcessOfTheHost() throws Exception {
    Process sleeper = new ProcessBuilder("sleep", "73127").start();
    try {
      String program = FIND_SLEEPER.formatted("73127");
      assertThat(TestingHostPerl.run(program)).isZero();
      arena.assertHeld(perl(program));
    } finally {
      sleeper.destroyForcibly();
    }
  }

  @Test
  void attack28_seesFilesAndProcessesOfAnotherSandbox() throws Exception {
    try (Round other = arena.round(Measure.ALL)) {
      other.bash("echo " + arena.canary() + " | tee theirs > /tmp/theirs");
      other.sandbox().shell(ShellRequest.of("sleep 73128 &"));
      assertThat(TestingFiles.becomes(() -> !TestingProcesses.running("sleep", "73128").isEmpty()))
          .isTrue();
      arena.assertHeld(
          round ->
              round
                  .bash("cat " + other.workspace() + "/theirs /tmp/theirs")
                  .stdoutText()
                  .contains(arena.canary()));
      arena.assertHeld(perl(FIND_SLEEPER.formatted("73128")));
    }
  }

  @Test
  void attack28_connectsToAPortOfAnotherSandbox() throws Exception {
    String serve =
        """
        perl -e 'use Socket;
        socket(S, AF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(0, INADDR_LOOPBACK))
            && listen(S, 5) or die;
        open(F, ">", "/workspace/port.new");
        print F (sockaddr_in(getsockname(S)))[0];
        close(F);
        rename("/workspace/port.new", "/workspace/port");
        sleep 60;' &
        """;
    arena.assertHeldBy(
        round -> {
          Path workspace = Files.createDirectory(round.workspace().resolveSibling("other"));
          Files.createDirectories(round.workspace().resolveSibling("beside"));
          try (Sandbox other = round.provider().start(SandboxSpec.of(workspace))) {
            other.shell(ShellRequest.of(serve));
            TestingFiles.awaitExists(workspace, "port");
            String port = Files.readString(workspace.resolve("port"));
            return round.bash("exec 9<>/dev/tcp/127.0.0.1/" + port).exitCode() == 0;
          }
        },
        Measure.NO_NETWORK);
  }

  private void assertUnreachable(TestingListener listener, String script) throws Exception {
    arena.assertHeldBy(
        round -> {
          round.bash(script);
          return listener.hit();
        },
        Measure.NO_NETWORK);
  }

  @Test
  void attack29_dialsIpv4() throws Exception {
    try (TestingListener listener = TestingListener.tcp("127.0.0.1")) {
      assertUnreachable(listener, "exec 9<>/dev/tcp/127.0.0.1/" + listener.port());
    }
  }

  @Test
  void attack29_dialsIpv6() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/sys/net/ipv6")), "this kernel has no IPv6");
    try (TestingListener listener = TestingListener.tcp("::1")) {
      assertUnreachable(listener, "exec 9<>/dev/tcp/::1/" + listener.port());
    }
  }

  @Test
  void attack29_sendsADatagram() throws Exception {
    try (TestingListener listener = TestingListener.udp("127.0.0.1")) {
      assertUnreachable(listener, "echo x > /dev/udp/127.0.0.1/" + listener.port());
    }
  }

  @Test
  void attack29_findsARoute() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(round.bash("tail -n +2 /proc/net/route; cat /proc/net/dev").stdoutText())
          .contains("lo:")
          .satisfies(text -> assertThat(text.lines().count()).isEqualTo(3));
    }
  }

  @Test
  void attack30_goesAroundTheProxy() throws Exception {
    try (TestingListener listener = TestingListener.tcp("127.0.0.1")) {
      assertUnreachable(
          listener,
          "unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY; "
              + "exec 9<>/dev/tcp/127.0.0.1/"
              + listener.port());
    }
  }
}
