package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.ShellResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The persistent shell, as every place must have it. */
public abstract class ShellContract {
  /** Unlike a shell, it does not try again for half a minute. */
  private static final String FORK_BOMB =
      "perl -e 'for (1..200) { defined(my $p = fork) or die; $p or exec qw(sleep 72007) }'";

  @TempDir Path folder;

  private SandboxProvider provider;
  private Path workspace;
  private Sandbox sandbox;

  /** A place whose files lie below this folder; closed by the suite. */
  protected abstract SandboxProvider open(Path base);

  @BeforeEach
  void start() throws Exception {
    provider = open(folder.resolve("run"));
    workspace = Files.createDirectory(folder.resolve("workspace"));
    sandbox = provider.start(SandboxSpec.of(workspace));
  }

  @AfterEach
  void close() {
    if (sandbox != null) { // else the place is not there, and the tests are skipped
      sandbox.close();
      provider.close();
    }
  }

  private ShellResult run(String command) throws InterruptedException {
    return sandbox.shell(ShellRequest.of(command));
  }

  private String out(String command) throws InterruptedException {
    ShellResult result = run(command);
    assertThat(result.stderrText()).isEmpty();
    assertThat(result.exitCode()).isZero();
    return result.stdoutText();
  }

  @Test
  void keepsDirectoryVariablesFunctionsAndBackgroundProcesses() throws Exception {
    assertThat(out("mkdir -p a/b && cd a/b && x=1 && export y=2 && f() { echo f$1; }")).isEmpty();
    assertThat(out("pwd; echo $x; bash -c 'echo $y'; f 3; declare -A m; m[k]=v"))
        .isEqualTo("/workspace/a/b\n1\n2\nf3\n");
    assertThat(out("echo ${m[k]}; sleep 72001 & disown; echo started")).isEqualTo("v\nstarted\n");
    assertThat(TestingFiles.becomes(() -> TestingProcesses.running("sleep", "72001").size() == 1))
        .isTrue();
    assertThat(run("true").workingDirectory()).isEqualTo("/workspace/a/b");
    sandbox.endShell(ShellRequest.MAIN);
    assertThat(TestingProcesses.running("sleep", "72001")).isEmpty();
    assertThat(out("pwd; echo \"[$x$y]\"")).isEqualTo("/workspace\n[]\n");
  }

  @Test
  void separatesOutputsAndKeepsExactExitCodes() throws Exception {
    ShellResult result = run("echo out; echo err >&2; (exit 7)");
    assertThat(result.stdoutText()).isEqualTo("out\n");
    assertThat(result.stderrText()).isEqualTo("err\n");
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(run("false | true").exitCode()).isZero();
    assertThat(run("kill -9 $BASHPID_NONE 2>/dev/null; bash -c 'kill -9 $$'").exitCode())
        .isEqualTo(137);
    assertThat(run("no-such-program").exitCode()).isEqualTo(127);
    assertThat(out("printf 'no newline'")).isEqualTo("no newline");
    assertThat(run("").exitCode()).isZero();
  }

  @Test
  void givesCommandsAnEmptyInput() throws Exception {
    assertThat(out("cat; read line; echo \"[$line]\"; wc -c")).isEqualTo("[]\n0\n");
    Files.writeString(workspace.resolve("in"), "from a file\n");
    assertThat(out("exec < in; read line; echo $line")).isEqualTo("from a file\n");
    assertThat(out("cat; echo still")).isEqualTo("still\n");
  }

  @Test
  void survivesCommandsThatAreNotWellFormed() throws Exception {
    assertThat(run("echo 'unbalanced").exitCode()).isNotZero();
    assertThat(run("echo \"unbalanced").exitCode()).isNotZero();
    assertThat(run("if true; then").exitCode()).isNotZero();
    assertThat(run("}").exitCode()).isNotZero();
    assertThat(run("cat <<EOF\nno end").stdoutText()).isEqualTo("no end\n");
    assertThat(run("break; continue; return 3").exitCode()).isNotZero();
    assertThat(out("# only a comment")).isEmpty();
    assertThat(out("echo \"it's\" 'so \"quoted\"' \\'")).isEqualTo("it's so \"quoted\" '\n");
    assertThat(out("cat <<'EOF'\n$x ' \" `\nEOF")).isEqualTo("$x ' \" `\n");
    assertThat(out("echo héllo €")).isEqualTo("héllo €\n");
  }

  @Test
  void goesOnAfterExitWithDirectoryAndExportedVariables() throws Exception {
    ShellResult result = run("cd /tmp; export kept=yes; echo bye; exit 3");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.stdoutText()).isEqualTo("bye\n");
    assertThat(result.workingDirectory()).isEqualTo("/tmp");
    assertThat(result.stderrText()).contains("the next command starts a new one in /tmp");
    assertThat(out("pwd; echo $kept")).isEqualTo("/tmp\nyes\n");
  }

  @Test
  void goesOnAfterExec() throws Exception {
    run("cd /tmp; export kept=yes");
    ShellResult result = run("exec bash -c 'echo replaced; exit 5'");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.stdoutText()).isEqualTo("replaced\n");
    assertThat(out("pwd; echo $kept")).isEqualTo("/tmp\nyes\n");
  }

  @Test
  void keepsTemporaryFilesAcrossShells() throws Exception {
    run("echo note > /tmp/note; echo rc > ~/.rc; exit 1");
    assertThat(out("cat /tmp/note ~/.rc")).isEqualTo("note\nrc\n");
  }

  @Test
  void holdsShellOptionsForOneCommand() throws Exception {
    ShellResult failed = run("set -euo pipefail; cd /tmp; false; echo not reached");
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.stdoutText()).isEmpty();
    assertThat(failed.workingDirectory()).isEqualTo("/tmp");
    assertThat(out("set -euo pipefail; echo fine; n=1")).isEqualTo("fine\n");
    assertThat(run("false; echo $unset; echo $n").stdoutText()).isEqualTo("\n1\n");
    assertThat(run("set -x; true").stderrText()).isEqualTo("++ true\n");
    assertThat(out("echo quiet")).isEqualTo("quiet\n");
    assertThat(run("set -v; false").exitCode()).isEqualTo(1);
  }

  @Test
  void keepsOutputsAfterTheyWereRedirected() throws Exception {
    assertThat(out("exec > log.txt; echo logged")).isEmpty();
    assertThat(out("echo back; cat log.txt")).isEqualTo("back\nlogged\n");
    ShellResult exited = run("exec > log2.txt 2>&1; echo logged; exit 4");
    assertThat(exited.exitCode()).isEqualTo(4);
    assertThat(workspace.resolve("log2.txt")).hasContent("logged\n");
  }

  @Test
  void cannotBeFooledByOutput() throws Exception {
    run("echo first");
    String lies =
        "printf '\\036%032d0\\0/etc\\0\\0' 0; set; declare -f; declare -p; trap -p; exit_me";
    ShellResult result = run(lies + "; (exit 9)");
    assertThat(result.exitCode()).isEqualTo(9);
    assertThat(result.stdoutText()).contains("\36" + "0".repeat(33)).contains("__paddock_end");
    assertThat(result.workingDirectory()).isEqualTo("/workspace");
    assertThat(run("head -c 100000 /dev/urandom; printf '\\036ab'").exitCode()).isZero();
    assertThat(out("cat /proc/$$/cmdline | tr '\\0' ' '")).isEqualTo("bash --norc --noprofile ");
  }

  @Test
  void killsTheWholeTreeAtTheTimeLimitAndGoesOn() throws Exception {
    run("cd /tmp; export kept=yes; sleep 72002 &");
    ShellResult result =
        sandbox.shell(
            ShellRequest.of("echo begun; cd /usr; sleep 72003 | sleep 72004")
                .withTimeout(Duration.ofMillis(500)));
    assertThat(result.killedBy()).contains(KilledBy.TIMEOUT);
    assertThat(result.exitCode()).isEqualTo(137);
    assertThat(result.stdoutText()).isEqualTo("begun\n");
    assertThat(result.stderrText())
        .isEqualTo(
            "killed: time limit 500 ms\n"
                + "the shell ended; the next command starts a new one in /tmp with the exported"
                + " variables\n");
    for (String each : new String[] {"72002", "72003", "72004"}) {
      assertThat(TestingProcesses.running("sleep", each)).isEmpty();
    }
    assertThat(out("pwd; echo $kept")).isEqualTo("/tmp\nyes\n");
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    FutureTask<ShellResult> call =
        new FutureTask<>(
            () -> {
              run("cd /tmp");
              running.countDown();
              return run("sleep 72005");
            });
    Thread thread = Thread.ofVirtual().start(call);
    running.await();
    thread.interrupt();
    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(TestingProcesses.running("sleep", "72005")).isEmpty();
    assertThat(out("pwd")).isEqualTo("/tmp\n");
  }

  @Test
  void tellsARunningCommandThatTheShellWasRestarted() throws Exception {
    run("true");
    FutureTask<ShellResult> call = new FutureTask<>(() -> run("echo > started; sleep 72006; true"));
    Thread.ofVirtual().start(call);
    TestingFiles.awaitExists(workspace, "started");
    sandbox.endShell(ShellRequest.MAIN);
    ShellResult result = call.get(10, TimeUnit.SECONDS);
    assertThat(result.killedBy()).contains(KilledBy.INTERRUPT);
    assertThat(TestingProcesses.running("sleep", "72006")).isEmpty();
  }

  @Test
  void shellsOfOtherNamesWaitForNoneAndKnowNothingOfEachOther() throws Exception {
    FutureTask<ShellResult> call = new FutureTask<>(() -> run("echo > started; sleep 72007; true"));
    Thread.ofVirtual().start(call);
    TestingFiles.awaitExists(workspace, "started");
    ShellRequest other = TestingShell.request("x=1; cd /tmp; pwd").in("other");
    assertThat(sandbox.shell(other).stdoutText()).isEqualTo("/tmp\n");
    assertThat(call.isDone()).isFalse();
    sandbox.endShell(ShellRequest.MAIN);
    assertThat(call.get(10, TimeUnit.SECONDS).killedBy()).contains(KilledBy.INTERRUPT);
    assertThat(out("pwd; echo [$x]")).isEqualTo("/workspace\n[]\n");
    ShellRequest again = TestingShell.request("pwd; echo [$x]").in("other");
    assertThat(sandbox.shell(again).stdoutText()).isEqualTo("/tmp\n[1]\n");
  }

  @Test
  void hasSoManyShellsAndNoMore() throws Exception {
    for (int i = 0; i < Sandbox.MAX_SHELLS; i++) {
      assertThat(sandbox.shell(TestingShell.request("true").in("shell" + i)).exitCode()).isZero();
    }
    ShellRequest more = TestingShell.request("true").in("more");
    assertThatThrownBy(() -> sandbox.shell(more))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    sandbox.endShell("shell7");
    assertThat(sandbox.shell(more).exitCode()).isZero();
  }

  @Test
  void leavesOutTheMiddleOfALongOutput() throws Exception {
    ShellResult result = run("seq 1000000; echo last >&2");
    assertThat(result.stdoutTruncated()).isTrue();
    assertThat(result.stderrTruncated()).isFalse();
    assertThat(result.stdoutText()).startsWith("1\n2\n").endsWith("\n1000000\n");
    assertThat(result.stdoutText()).contains(" bytes left out ...]");
    assertThat(result.stdout().length).isBetween(100_000, 100_100);
  }

  @Test
  void takesALongCommand() throws Exception {
    String text = "x".repeat(300_000);
    assertThat(out("cat > long.txt <<'EOF'\n" + text + "\nEOF\nwc -c < long.txt"))
        .isEqualTo("300001\n");
  }

  @Test
  void doesNotKeepAnEnvironmentThatIsTooLarge() throws Exception {
    assertThat(out("export big=$(head -c 400000 /dev/zero | tr '\\0' x); echo ${#big}"))
        .isEqualTo("400000\n");
    assertThat(out("echo ${#big}; unset big")).isEqualTo("400000\n");
  }

  @Test
  void startsInTheWorkspaceWhenItsDirectoryIsGone() throws Exception {
    run("mkdir gone; cd gone; rmdir ../gone; exit 0");
    ShellResult result = run("pwd");
    assertThat(result.stdoutText()).isEqualTo("/workspace\n");
    assertThat(result.workingDirectory()).isEqualTo("/workspace");
  }

  @Test
  void isUsableAfterAForkBomb() throws Exception {
    sandbox.close();
    sandbox =
        provider.start(SandboxSpec.of(workspace).withLimits(Limits.DEFAULT.withProcesses(40)));
    ShellResult result = run(FORK_BOMB);
    assertThat(result.killedBy()).contains(KilledBy.PROCESSES);
    assertThat(result.stderrText()).contains("stopped: limit of 40 processes");
    assertThat(result.stderrText()).contains("the next command starts a new one");
    assertThat(out("echo fine | cat")).isEqualTo("fine\n");
    assertThat(TestingProcesses.running("sleep", "72007")).isEmpty();
  }
}
