package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalSandboxTest {
  @TempDir Path folder;

  private LocalSandboxProvider provider;
  private Path workspace;

  @BeforeEach
  void open() throws Exception {
    provider = new LocalSandboxProvider(folder.resolve("run"));
    workspace = Files.createDirectory(folder.resolve("workspace"));
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private ExecResult exec(String... command) throws InterruptedException {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      return sandbox.exec(ExecRequest.of(command));
    }
  }

  @Test
  void runsACommandOverTheWorkspace() throws Exception {
    Files.writeString(workspace.resolve("in.txt"), "hello");
    ExecResult result = exec("bash", "-c", "pwd; cat in.txt; echo -n bye > out.txt; echo no >&2");
    assertThat(result.stdoutText()).isEqualTo("/workspace\nhello");
    assertThat(result.stderrText()).isEqualTo("no\n");
    assertThat(result.exitCode()).isZero();
    assertThat(result.killedBy()).isEmpty();
    assertThat(workspace.resolve("out.txt")).hasContent("bye");
  }

  @Test
  void keepsExactExitCodes() throws Exception {
    assertThat(exec("bash", "-c", "exit 42").exitCode()).isEqualTo(42);
    assertThat(exec("bash", "-c", "kill -TERM $$").exitCode()).isEqualTo(128 + 15);
    assertThat(exec("no-such-program").exitCode()).isEqualTo(127);
    assertThat(exec("/workspace").exitCode()).isEqualTo(126);
  }

  @Test
  void feedsStdin() throws Exception {
    byte[] input = "line\n".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      assertThat(sandbox.exec(ExecRequest.of("wc", "-l").withStdin(input)).stdoutText())
          .isEqualTo("200000\n");
      assertThat(sandbox.exec(ExecRequest.of("true").withStdin(input)).exitCode()).isZero();
      assertThat(sandbox.exec(ExecRequest.of("cat")).stdoutText()).isEmpty();
    }
  }

  @Test
  void showsAnOrdinaryUserInAPlainEnvironment() throws Exception {
    try (Sandbox sandbox =
        provider.start(SandboxSpec.of(workspace).withEnvironment(Map.of("COLOR", "blue green")))) {
      String text =
          sandbox
              .exec(ExecRequest.of("bash", "-c", "id -un; id -u; echo $COLOR; env | sort"))
              .stdoutText();
      assertThat(text).startsWith("agent\n1000\nblue green\n");
      assertThat(text.lines().skip(3).map(line -> line.replaceAll("=.*", "")))
          .containsExactlyInAnyOrder(
              "COLOR", "HOME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "SHLVL", "TERM", "TMPDIR",
              "USER", "_");
    }
  }

  @Test
  void leavesOutTheMiddleOfALongOutput() throws Exception {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      ExecResult result = sandbox.exec(ExecRequest.of("seq", "100000").withMaxOutputBytes(1000));
      assertThat(result.stdoutTruncated()).isTrue();
      assertThat(result.stdoutText()).startsWith("1\n2\n").endsWith("99999\n100000\n");
      assertThat(result.stdoutText()).contains("\n[... 587895 bytes left out ...]\n");
    }
  }

  @Test
  void killsTheWholeTreeAtTheTimeLimit() throws Exception {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      ExecResult result =
          sandbox.exec(
              ExecRequest.of("bash", "-c", "setsid sleep 71001 & sleep 71002; true")
                  .withTimeout(Duration.ofMillis(300)));
      assertThat(result.killedBy()).contains(KilledBy.TIMEOUT);
      assertThat(result.stderrText()).isEqualTo("killed: time limit 300 ms\n");
      assertThat(TestingProcesses.running("sleep", "71001")).isEmpty();
      assertThat(TestingProcesses.running("sleep", "71002")).isEmpty();
      assertThat(sandbox.exec(ExecRequest.of("true")).exitCode()).isZero();
    }
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      FutureTask<ExecResult> call =
          new FutureTask<>(
              () ->
                  sandbox.exec(ExecRequest.of("bash", "-c", "echo > started; sleep 71004; true")));
      Thread thread = Thread.ofVirtual().start(call);
      TestingFiles.awaitExists(workspace, "started");
      thread.interrupt();
      assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(TestingProcesses.running("sleep", "71004")).isEmpty();
    }
  }

  @Test
  void endsARunningCommandWhenItIsClosed() throws Exception {
    Sandbox sandbox = provider.start(SandboxSpec.of(workspace));
    FutureTask<ExecResult> call =
        new FutureTask<>(
            () -> sandbox.exec(ExecRequest.of("bash", "-c", "echo > started; sleep 71005; true")));
    Thread.ofVirtual().start(call);
    TestingFiles.awaitExists(workspace, "started");
    sandbox.close();
    assertThat(TestingProcesses.running("sleep", "71005")).isEmpty();
    assertThat(call.get(10, TimeUnit.SECONDS).killedBy()).contains(KilledBy.INTERRUPT);
  }

  @Test
  void runsManyCommandsAtOnce() throws Exception {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      List<FutureTask<ExecResult>> calls = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String text = "call " + i;
        FutureTask<ExecResult> call =
            new FutureTask<>(() -> sandbox.exec(ExecRequest.of("echo", text)));
        Thread.ofVirtual().start(call);
        calls.add(call);
      }
      for (int i = 0; i < 16; i++) {
        assertThat(calls.get(i).get(60, TimeUnit.SECONDS).stdoutText())
            .isEqualTo("call " + i + "\n");
      }
    }
  }

  @Test
  void tellsWhatHoldsIt() throws Exception {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      assertThat(sandbox.report().place()).isEqualTo("local");
      assertThat(sandbox.report().limits()).containsOnlyKeys(Limit.values());
      assertThat(sandbox.report().limits())
          .containsEntry(Limit.FILE_SIZE, Driver.RLIMIT)
          .containsEntry(Limit.WALL_TIME, Driver.PADDOCK);
      assertThat(sandbox.report().isolation())
          .hasSameSizeAs(Measure.allBut(Measure.BRIDGE_PROCESSES));
    }
  }

  @Test
  void endsAnOutputFlood() throws Exception {
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      ExecResult result = sandbox.exec(ExecRequest.of("yes"));
      assertThat(result.killedBy()).contains(KilledBy.OUTPUT);
      assertThat(result.stdout().length).isLessThan(110_000);
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
        sandbox.exec(ExecRequest.of("bash", "-c", "mkdir -m 0 /tmp/closed; sleep 71003 & true"));
      }
    }
    assertThat(TestingProcesses.running("sleep", "71003")).isEmpty();
    String run = folder.resolve("run").toFile().list()[0];
    assertThat(TestingProcesses.controlGroups("paddock-" + run)).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
    provider.close();
    assertThat(folder.resolve("run")).isEmptyDirectory();
  }

  @Test
  void refusesToRunWhenClosed() {
    Sandbox sandbox = provider.start(SandboxSpec.of(workspace));
    sandbox.close();
    assertThatThrownBy(() -> sandbox.exec(ExecRequest.of("true")))
        .isInstanceOf(SandboxException.class)
        .hasMessage("the sandbox is closed");
    sandbox.close();
  }
}
