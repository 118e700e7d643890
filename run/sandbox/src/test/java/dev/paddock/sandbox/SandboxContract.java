package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
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

/** What a sandbox does, wherever it runs; its shell is in {@link ShellContract}. */
public abstract class SandboxContract {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private SandboxProvider provider;
  private Path workspace;

  /** A place whose files lie below this folder; closed by the suite. */
  protected abstract SandboxProvider open(Path base);

  /** Asserts that nothing is left of the sandboxes of the place, which is not closed yet. */
  protected abstract void assertNothingLeft(Path base) throws Exception;

  @BeforeEach
  void start() throws Exception {
    provider = open(folder.resolve("run"));
    workspace = Files.createDirectory(folder.resolve("workspace"));
  }

  @AfterEach
  void close() {
    if (provider != null) { // else the place is not there, and the tests are skipped
      provider.close();
    }
  }

  protected final SandboxProvider provider() {
    return provider;
  }

  protected final Path workspace() {
    return workspace;
  }

  private Sandbox sandbox() {
    return provider.start(SandboxSpec.of(workspace));
  }

  private Sandbox sandbox(Limits limits) {
    return provider.start(SandboxSpec.of(workspace).withLimits(limits));
  }

  private static ExecResult bash(Sandbox sandbox, String script) throws InterruptedException {
    return sandbox.exec(ExecRequest.of("bash", "-c", script));
  }

  @Test
  void isReady() {
    assertThat(provider.readiness().missing()).isEmpty();
  }

  @Test
  void runsACommandOverTheWorkspace() throws Exception {
    Files.writeString(workspace.resolve("in.txt"), "hello");
    try (Sandbox sandbox = sandbox()) {
      ExecResult result =
          bash(sandbox, "pwd; cat in.txt; echo -n bye > out.txt; echo no >&2; ls -A");
      assertThat(result.stdoutText()).isEqualTo("/workspace\nhelloin.txt\nout.txt\n");
      assertThat(result.stderrText()).isEqualTo("no\n");
      assertThat(result.exitCode()).isZero();
      assertThat(result.killedBy()).isEmpty();
      assertThat(workspace.resolve("out.txt")).hasContent("bye");
      Files.writeString(workspace.resolve("later.txt"), "later");
      Files.delete(workspace.resolve("in.txt"));
      assertThat(bash(sandbox, "cat later.txt; ls").stdoutText())
          .isEqualTo("laterlater.txt\nout.txt\n");
    }
    assertThat(Files.getOwner(workspace.resolve("out.txt"))).isEqualTo(Files.getOwner(workspace));
  }

  @Test
  void keepsExactExitCodes() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      assertThat(bash(sandbox, "exit 42").exitCode()).isEqualTo(42);
      assertThat(bash(sandbox, "kill -TERM $$").exitCode()).isEqualTo(128 + 15);
      assertThat(sandbox.exec(ExecRequest.of("no-such-program")).exitCode()).isEqualTo(127);
      assertThat(sandbox.exec(ExecRequest.of("/workspace")).exitCode()).isEqualTo(126);
    }
  }

  @Test
  void passesArgumentsAsTheyAre() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      assertThat(
              sandbox
                  .exec(ExecRequest.of("printf", "[%s]", "", "two words", "'\"$x\n", "-n", "é"))
                  .stdoutText())
          .isEqualTo("[][two words]['\"$x\n][-n][é]");
    }
  }

  @Test
  void feedsStdin() throws Exception {
    byte[] input = "line\n".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    try (Sandbox sandbox = sandbox()) {
      assertThat(sandbox.exec(ExecRequest.of("wc", "-l").withStdin(input)).stdoutText().strip())
          .isEqualTo("200000");
      assertThat(sandbox.exec(ExecRequest.of("true").withStdin(input)).exitCode()).isZero();
      assertThat(sandbox.exec(ExecRequest.of("cat")).stdoutText()).isEmpty();
    }
  }

  @Test
  void givesOnlyTheEnvironmentThatWasAskedForAndItsOwn() throws Exception {
    try (Sandbox sandbox =
        provider.start(
            SandboxSpec.of(workspace)
                .withEnvironment(Map.of("COLOR", "blue green", "HOME", "/workspace")))) {
      String text = bash(sandbox, "echo $COLOR; env | sort").stdoutText();
      assertThat(text).startsWith("blue green\n").contains("HOME=/workspace\n");
      assertThat(text.lines().skip(1).map(line -> line.replaceAll("=.*", "")))
          .containsExactlyInAnyOrder(
              "COLOR", "HOME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "SHLVL", "TERM", "TMPDIR",
              "USER", "_");
    }
  }

  @Test
  void sharesTheTemporaryFolderAndAHomeAmongItsCommands() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      bash(sandbox, "echo one > /tmp/one; echo two > ~/two");
      assertThat(sandbox.shell(ShellRequest.of("cat /tmp/one ~/two; echo ~")).stdoutText())
          .isEqualTo("one\ntwo\n/tmp/home\n");
    }
    assertThat(workspace).isEmptyDirectory();
  }

  @Test
  void showsReadOnlyMounts() throws Exception {
    Path shown = Files.createDirectory(folder.resolve("shown"));
    Files.writeString(shown.resolve("skill.md"), "skill");
    Path file = Files.writeString(folder.resolve("file"), "file");
    List<ReadOnlyMount> mounts =
        List.of(
            new ReadOnlyMount(shown, "/workspace/skills/a"),
            new ReadOnlyMount(shown, "/mnt/data/b"),
            new ReadOnlyMount(file, "/mnt/one"));
    try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace).withMounts(mounts))) {
      assertThat(
              bash(sandbox, "cat skills/a/skill.md /mnt/data/b/skill.md /mnt/one; ls skills")
                  .stdoutText())
          .isEqualTo("skillskillfilea\n");
      for (String target :
          List.of("skills/a/skill.md", "skills/a/new", "skills/new", "/mnt/one", "/mnt/data/new")) {
        assertThat(bash(sandbox, ": >> " + target).exitCode()).as(target).isNotZero();
      }
      assertThat(bash(sandbox, "mv skills other || rm -r skills").exitCode()).isNotZero();
      assertThat(sandbox.shell(ShellRequest.of("cat skills/a/skill.md")).stdoutText())
          .isEqualTo("skill");
    }
    assertThat(workspace).isEmptyDirectory();
    assertThatThrownBy(
            () ->
                provider.start(
                    SandboxSpec.of(workspace)
                        .withMounts(List.of(new ReadOnlyMount(shown, "/usr/bin")))))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
  }

  @Test
  void leavesOutTheMiddleOfALongOutput() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      ExecResult result = sandbox.exec(ExecRequest.of("seq", "100000").withMaxOutputBytes(1000));
      assertThat(result.stdoutTruncated()).isTrue();
      assertThat(result.stdoutText()).startsWith("1\n2\n").endsWith("99999\n100000\n");
      assertThat(result.stdoutText()).contains("\n[... 587895 bytes left out ...]\n");
    }
  }

  @Test
  void endsAnOutputFlood() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      ExecResult result = sandbox.exec(ExecRequest.of("yes"));
      assertThat(result.killedBy()).contains(KilledBy.OUTPUT);
      assertThat(result.stdout().length).isLessThan(110_000);
    }
  }

  @Test
  void killsTheWholeTreeAtTheTimeLimit() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      ExecResult result =
          sandbox.exec(
              ExecRequest.of("bash", "-c", "setsid sleep 71001 & sleep 71002; true")
                  .withTimeout(Duration.ofMillis(700)));
      assertThat(result.killedBy()).contains(KilledBy.TIMEOUT);
      assertThat(result.exitCode()).isEqualTo(137);
      assertThat(result.stderrText()).isEqualTo("killed: time limit 700 ms\n");
      assertThat(TestingProcesses.running("sleep", "71001")).isEmpty();
      assertThat(TestingProcesses.running("sleep", "71002")).isEmpty();
      assertThat(sandbox.exec(ExecRequest.of("true")).exitCode()).isZero();
    }
  }

  @Test
  void endsWithItsCommandAndNotWithWhatThatLeavesBehind() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      sandbox.shell(ShellRequest.of("sleep 71006 &"));
      // holds the outputs open, in a session and a process group of its own
      ExecResult result =
          bash(
              sandbox,
              "setsid bash -c '(echo > ready; exec sleep 71007) & exec sleep 71007' & "
                  + "until [ -e ready ]; do sleep 0.02; done; echo done");
      assertThat(result.stdoutText()).isEqualTo("done\n");
      assertThat(result.exitCode()).isZero();
      assertThat(result.killedBy()).isEmpty();
      assertThat(TestingProcesses.running("sleep", "71007")).isEmpty();
      assertThat(TestingProcesses.running("sleep", "71006")).hasSize(1);
    }
    assertThat(TestingProcesses.running("sleep", "71006")).isEmpty();
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      FutureTask<ExecResult> call =
          new FutureTask<>(() -> bash(sandbox, "echo > started; sleep 71004; true"));
      Thread thread = Thread.ofVirtual().start(call);
      TestingFiles.awaitExists(workspace, "started");
      thread.interrupt();
      assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(TestingProcesses.running("sleep", "71004")).isEmpty();
    }
  }

  @Test
  void endsARunningCommandWhenItIsClosed() throws Exception {
    Sandbox sandbox = sandbox();
    FutureTask<ExecResult> call =
        new FutureTask<>(() -> bash(sandbox, "echo > started; sleep 71005; true"));
    Thread.ofVirtual().start(call);
    TestingFiles.awaitExists(workspace, "started");
    sandbox.close();
    assertThat(TestingProcesses.running("sleep", "71005")).isEmpty();
    assertThat(call.get(30, TimeUnit.SECONDS).killedBy()).contains(KilledBy.INTERRUPT);
  }

  @Test
  void runsManyCommandsAtOnce() throws Exception {
    try (Sandbox sandbox = sandbox()) {
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
  void namesTheLimitThatEndedACommand() throws Exception {
    Limits small =
        Limits.DEFAULT
            .withFileSizeBytes(MIB)
            .withWorkspaceBytes(8 * MIB)
            .withCpuSeconds(1)
            .withWallTime(Duration.ofSeconds(60));
    try (Sandbox sandbox = sandbox(small)) {
      ExecResult file = bash(sandbox, "exec head -c 3M /dev/zero > big");
      assertThat(file.killedBy()).contains(KilledBy.FILE_SIZE);
      assertThat(file.stderrText()).endsWith("killed: file size limit 1 MiB\n");
      assertThat(workspace.resolve("big")).hasSize(MIB);
      ExecResult processor = bash(sandbox, "while :; do :; done");
      assertThat(processor.killedBy()).contains(KilledBy.CPU);
      assertThat(processor.stderrText()).endsWith("killed: CPU limit 1 s\n");
      ExecResult space =
          bash(sandbox, "for i in {1..12}; do head -c 1M /dev/zero > b$i; done; sleep 60");
      assertThat(space.killedBy()).contains(KilledBy.WORKSPACE);
      assertThat(space.stderrText()).contains("killed: workspace limit 8 MiB");
      assertThat(bash(sandbox, "rm b*; echo fine").stdoutText()).isEqualTo("fine\n");
    }
  }

  @Test
  void limitsMemoryAndOpenFiles() throws Exception {
    try (Sandbox sandbox = sandbox(Limits.DEFAULT.withMemoryBytes(64 * MIB))) {
      ExecResult result = bash(sandbox, "x=$(head -c 150M /dev/zero | tr '\\0' x); echo survived");
      assertThat(result.stdoutText()).doesNotContain("survived");
      Driver driver = sandbox.report().limits().getOrDefault(Limit.MEMORY, Driver.NONE);
      if (driver == Driver.CGROUP_V1 || driver == Driver.CGROUP_V2) {
        assertThat(result.killedBy()).contains(KilledBy.MEMORY);
        assertThat(result.stderrText()).endsWith("killed: memory limit 64 MiB\n");
      }
      assertThat(bash(sandbox, "ulimit -Hn; ulimit -Hc").stdoutText()).isEqualTo("1024\n0\n");
    }
  }

  @Test
  void tellsWhatHoldsIt() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      assertThat(sandbox.report().place()).isEqualTo(provider.place());
      assertThat(sandbox.report().limits()).containsOnlyKeys(Limit.values());
      assertThat(sandbox.report().limits())
          .containsEntry(Limit.FILE_SIZE, Driver.RLIMIT)
          .containsEntry(Limit.WALL_TIME, Driver.PADDOCK);
      assertThat(sandbox.report().isolation()).hasSizeGreaterThan(10);
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (Sandbox sandbox = sandbox()) {
        bash(sandbox, "mkdir -m 0 /tmp/closed; sleep 71003 & true");
        sandbox.shell(ShellRequest.of("sleep 71003 &"));
      }
    }
    assertThat(TestingProcesses.running("sleep", "71003")).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
    assertNothingLeft(folder.resolve("run"));
    provider.close();
    assertThat(folder.resolve("run")).isEmptyDirectory();
  }

  @Test
  void refusesToRunWhenClosed() {
    Sandbox sandbox = sandbox();
    sandbox.close();
    assertThatThrownBy(() -> sandbox.exec(ExecRequest.of("true")))
        .isInstanceOf(SandboxException.class)
        .hasMessage("the sandbox is closed");
    sandbox.close();
  }
}
