package dev.paddock.sandbox;

import static dev.paddock.sandbox.TestingArena.perl;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.TestingArena.Attack;
import dev.paddock.sandbox.TestingArena.Round;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Attacks 23 to 25, 27 and 28 of {@code docs/sandbox.md}: processes, what they inherit and leave,
 * and those of others.
 */
@EnabledOnOs(OS.LINUX)
final class ProcessAttackTest {
  private TestingArena arena;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  /**
   * The measure is the JDK's, which closes all but three files in a child; without it is simulated
   * by a launching shell that holds a file open.
   */
  @Test
  void attack23_readsAnInheritedFile() throws Exception {
    arena.options(LaunchOptions.PRODUCTION.withLeaked(arena.secret()));
    arena.assertHeldBy(
        round -> round.bash("cat <&9").stdoutText().contains(arena.canary()),
        Measure.NO_INHERITED_FILES);
  }

  @Test
  void attack23_findsAFileThatTheParentHasOpen() throws Exception {
    try (FileInputStream open = new FileInputStream(arena.secret().toFile());
        Round round = arena.round(Measure.ALL)) {
      assertThat(open.available()).isPositive();
      assertThat(round.bash("readlink /proc/$$/fd/*; true").stdoutText())
          .matches("/dev/null\npipe:\\[\\d+]\npipe:\\[\\d+]\n");
      assertThat(round.sandbox().shell(TestingShell.request("ls -l /proc/$$/fd")).stdoutText())
          .doesNotContain(arena.host().toString());
    }
  }

  /**
   * Each of two measures is needed: ending the box kills its first process, and with the first
   * process of a namespace all others die.
   */
  @Test
  void attack24_leavesADaemonBehind() throws Exception {
    // what started the box goes on for a moment and tells the daemon that the box has ended
    String lingers =
        """
        "$@"
        code=$?
        sleep 0.2
        echo > WORKSPACE/ended
        for i in 1 2 3 4 5 6 7 8 9 10; do
          [ -e WORKSPACE/survived ] || sleep 0.1
        done
        exit $code
        """;
    arena.options(LaunchOptions.PRODUCTION.withPrefix(List.of("sh", "-c", lingers, "lingering")));
    Attack attack =
        round -> {
          Files.delete(round.workspace().resolve("ended")); // of the box that proved readiness
          round.bash(
              """
              nohup setsid bash -c 'until [ -e ended ]; do sleep 0.02; done; echo > survived' \
                > /dev/null 2>&1 &
              """);
          return Files.exists(round.workspace().resolve("survived"));
        };
    arena.assertHeldBy(attack, Measure.PID_NAMESPACE);
    arena.assertHeldBy(attack, Measure.DIE_WITH_PARENT);
  }

  @Test
  void attack25_outlivesItsLauncher() throws Exception {
    String victim = "victim-" + arena.canary();
    Path over = arena.host().resolve("over");
    arena.options(
        LaunchOptions.PRODUCTION.withPrefix(
            List.of(
                "sh",
                "-c",
                "\"$@\"; until [ -e " + over + " ]; do sleep 0.02; done",
                "first",
                "sh",
                "-c",
                "\"$@\"; :",
                victim)));
    Files.createFile(over);
    arena.assertHeldBy(
        round -> {
          Files.delete(over);
          FutureTask<ExecResult> call =
              new FutureTask<>(
                  () ->
                      round.bash(
                          """
                          echo > started
                          until [ -e go ]; do sleep 0.02; done
                          echo > survived
                          """));
          Thread.ofVirtual().start(call);
          TestingFiles.awaitExists(round.workspace(), "started");
          assertThat(TestingProcesses.shells(victim)).hasSize(1);
          TestingProcesses.shells(victim).forEach(ProcessHandle::destroyForcibly);
          TestingFiles.becomes(() -> !boxRuns(round), 5);
          Files.createFile(round.workspace().resolve("go"));
          boolean survived =
              TestingFiles.appears(round.workspace().resolve("survived"), () -> !boxRuns(round));
          Files.createFile(over);
          call.get(60, TimeUnit.SECONDS);
          return survived;
        },
        Measure.DIE_WITH_PARENT);
  }

  private static boolean boxRuns(Round round) {
    return !TestingProcesses.inDirectory(round.workspace()).isEmpty();
  }

  private static final String SLEEPER = "73027";

  private static String findSleeper(String seconds, String then) {
    return """
        for my $file (glob '/proc/[0-9]*/cmdline') {
          open(my $f, '<', $file) or next;
          my ($pid) = $file =~ /(\\d+)/;
          do { %2$s } if <$f> eq "sleep\\x00%1$s\\x00";
        }
        """
        .formatted(seconds, then);
  }

  /** The canary is a process of the host, or of the throwaway namespaces. */
  @Test
  void attack27_killsAProcessOfTheHost() throws Exception {
    Path killed = arena.host().resolve("killed");
    arena.options(
        LaunchOptions.PRODUCTION.withPrefix(
            List.of(
                "sh",
                "-c",
                """
                sleep %1$s > /dev/null 2>&1 &
                beside=$!
                "$@"
                code=$?
                case "$(cat /proc/$beside/stat 2> /dev/null)" in
                  *") S "*) kill -9 $beside ;;
                  *) echo > %2$s ;;
                esac
                exit $code
                """
                    .formatted(SLEEPER, killed),
                "beside")));
    arena.assertHeldBy(
        round -> {
          Files.deleteIfExists(killed);
          round.perl(findSleeper(SLEEPER, "kill 'KILL', $pid"));
          return Files.exists(killed);
        },
        Measure.PID_NAMESPACE);
  }

  @Test
  void attack28_seesTheFilesOfAnotherSandbox() throws Exception {
    try (Round other = arena.round(Measure.ALL)) {
      other.bash("echo " + arena.canary() + " | tee theirs > /tmp/theirs");
      arena.assertHeldBy(
          round ->
              round
                  .bash("cat " + other.workspace() + "/theirs /tmp/theirs")
                  .stdoutText()
                  .contains(arena.canary()),
          Measure.HIDDEN_HOST);
    }
  }

  /** Without the measure: see attack 27, of which another sandbox's process is one case. */
  @Test
  void attack28_seesTheProcessesOfAnotherSandbox() throws Exception {
    try (Round other = arena.round(Measure.ALL)) {
      other.sandbox().shell(TestingShell.request("sleep 73028 &"));
      // the shell returns before its child has become sleep
      assertThat(TestingFiles.becomes(() -> !TestingProcesses.running("sleep", "73028").isEmpty()))
          .isTrue();
      String program = "my $found; " + findSleeper("73028", "$found = 1") + "exit(!$found)";
      assertThat(TestingHostPerl.run(program)).isZero();
      arena.assertHeld(perl(program));
    }
  }

  @Test
  void attack28_connectsToAPortOfAnotherSandbox() throws Exception {
    String serve =
        """
        use Socket;
        socket(S, AF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(0, INADDR_LOOPBACK))
            && listen(S, 5) or die;
        open(F, '>', '/workspace/port.new');
        print F (sockaddr_in(getsockname(S)))[0];
        close(F);
        rename('/workspace/port.new', '/workspace/port');
        sleep 60;
        """;
    arena.assertHeldBy(
        round -> {
          Path workspace = Files.createDirectory(round.workspace().resolveSibling("other"));
          try (Sandbox other = round.provider().start(SandboxSpec.of(workspace))) {
            FutureTask<ExecResult> server =
                new FutureTask<>(() -> other.exec(ExecRequest.of("perl", "-e", serve)));
            Thread.ofVirtual().start(server);
            TestingFiles.awaitExists(workspace, "port");
            String port = Files.readString(workspace.resolve("port"));
            return round.bash("exec 9<>/dev/tcp/127.0.0.1/" + port).exitCode() == 0;
          }
        },
        Measure.NETWORK_NAMESPACE);
  }

  @Test
  void attack25_killsTheProcessThatHoldsTheSandboxes() throws Exception {
    try (TestingJvm jvm = TestingJvm.start(HoldsSandboxes.class, arena.host().toString())) {
      assertThat(jvm.readLine()).isEqualTo("ready");
      assertThat(TestingProcesses.running("sleep", "73025")).hasSize(3);
      List<ProcessHandle> holders = TestingProcesses.holders();
      assertThat(holders).isNotEmpty();
      jvm.kill();
      assertThat(TestingFiles.becomes(() -> holders.stream().noneMatch(ProcessHandle::isAlive)))
          .isTrue();
      assertThat(TestingFiles.becomes(() -> TestingProcesses.running("sleep", "73025").isEmpty()))
          .isTrue();
    }
    // the next one cleans up what the dead one could not
    new LocalSandboxProvider(arena.host().resolve("run")).start(spec()).close();
    try (var left = Files.list(arena.host().resolve("run"))) {
      assertThat(left).hasSize(1);
    }
  }

  private SandboxSpec spec() throws Exception {
    return SandboxSpec.of(Files.createDirectories(arena.host().resolve("workspace")));
  }

  /** A process of its own that runs a command in a fresh box, one in a shell, and starts one. */
  static final class HoldsSandboxes {
    private HoldsSandboxes() {}

    public static void main(String[] arguments) throws Exception {
      Path host = Path.of(arguments[0]);
      Path workspace = Files.createDirectories(host.resolve("workspace"));
      Sandbox sandbox =
          new LocalSandboxProvider(host.resolve("run")).start(SandboxSpec.of(workspace));
      Thread.ofVirtual()
          .start(
              new FutureTask<>(
                  () -> sandbox.exec(ExecRequest.of("bash", "-c", "echo > 1; exec sleep 73025"))));
      Thread.ofVirtual()
          .start(
              new FutureTask<>(
                  () -> sandbox.shell(TestingShell.request("echo > 2; exec sleep 73025"))));
      sandbox.start(
          ProcessRequest.of("bash", "-c", "echo > 3; exec sleep 73025")
              .withTerminal(TerminalSize.USUAL));
      TestingFiles.awaitExists(workspace, "1");
      TestingFiles.awaitExists(workspace, "2");
      TestingFiles.awaitExists(workspace, "3");
      boolean all =
          TestingFiles.becomes(() -> TestingProcesses.running("sleep", "73025").size() == 3);
      System.out.println(all ? "ready" : "not started");
      TimeUnit.MINUTES.sleep(2);
    }
  }
}
