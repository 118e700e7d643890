package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkspaceLimitTest {
  private static final long MIB = 1 << 20;
  private static final String FILL = "for i in {1..9}; do head -c 1M /dev/zero > %s$i; done";

  @TempDir Path folder;
  private Path workspace;
  private LocalSandboxProvider provider;

  @BeforeEach
  void create() throws Exception {
    workspace = Files.createDirectory(folder.resolve("workspace"));
    provider = new LocalSandboxProvider(folder.resolve("run"));
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private Sandbox start() {
    return provider.start(
        SandboxSpec.of(workspace).withLimits(Limits.DEFAULT.withWorkspaceBytes(4 * MIB)));
  }

  @Test
  void stopsACommandWhileItWrites() throws Exception {
    try (Sandbox sandbox = start()) {
      ShellResult result = sandbox.shell(TestingShell.request(FILL.formatted("f") + "; sleep 100"));
      assertThat(result.killedBy()).contains(KilledBy.WORKSPACE);
      assertThat(result.stderrText())
          .contains("killed: workspace limit 4 MiB")
          .contains("the next command starts a new one");
    }
  }

  @Test
  void stopsWhatIsDoneBeforeAnyoneLooked() throws Exception {
    try (Sandbox sandbox = start()) {
      ExecResult result = sandbox.exec(ExecRequest.of("bash", "-c", FILL.formatted("f")));
      assertThat(result.killedBy()).contains(KilledBy.WORKSPACE);
    }
  }

  @Test
  void theTemporaryFolderCountsToo() throws Exception {
    try (Sandbox sandbox = start()) {
      ShellResult result = sandbox.shell(TestingShell.request(FILL.formatted("/tmp/f")));
      assertThat(result.killedBy()).contains(KilledBy.WORKSPACE);
      assertThat(sandbox.shell(TestingShell.request("rm /tmp/f*; echo $?")).stdoutText())
          .isEqualTo("0\n");
      assertThat(sandbox.shell(TestingShell.request("head -c 2M /dev/zero > f")).killedBy())
          .isEmpty();
    }
  }

  @Test
  void filesCanBeDeletedAfterwardsAndNothingElseGrows() throws Exception {
    try (Sandbox sandbox = start()) {
      sandbox.shell(TestingShell.request(FILL.formatted("f")));
      assertThat(sandbox.shell(TestingShell.request("ls f* | wc -l; echo a > note")).killedBy())
          .isEmpty();
      assertThat(sandbox.shell(TestingShell.request(FILL.formatted("g"))).killedBy())
          .contains(KilledBy.WORKSPACE);
      assertThat(sandbox.shell(TestingShell.request("rm f* g*")).killedBy()).isEmpty();
      assertThat(sandbox.shell(TestingShell.request("head -c 3M /dev/zero > fine")).killedBy())
          .isEmpty();
    }
  }

  @Test
  void aBackgroundJobIsStoppedBetweenCommands() throws Exception {
    try (Sandbox sandbox = start()) {
      sandbox.shell(
          TestingShell.request("(until [ -e go ]; do :; done; cat /dev/zero > big) & echo $!"));
      Files.createFile(workspace.resolve("go"));
      TestingFiles.awaitExists(workspace, "big");
      assertThat(TestingFiles.becomes(() -> TestingProcesses.running("cat", "/dev/zero").isEmpty()))
          .isTrue();
    }
  }

  @Test
  void manyEmptyFilesAreNotFree() throws Exception {
    try (Sandbox sandbox = start()) {
      assertThat(
              sandbox.exec(ExecRequest.of("bash", "-c", "touch {1..1500}; sleep 100")).killedBy())
          .contains(KilledBy.WORKSPACE);
    }
  }

  @Test
  void fileToolsKeepToItToo() throws Exception {
    try (Workspace files = Workspace.open(workspace, List.of(), 4 * MIB)) {
      files.write("a", new byte[(int) (3 * MIB)]);
      assertThatThrownBy(() -> files.write("b", new byte[(int) (2 * MIB)]))
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
          .hasMessageContaining("limit is 4 MiB");
      assertThat(workspace.resolve("b")).doesNotExist();
      files.write("a", new byte[10]);
      files.write("b", new byte[(int) (2 * MIB)]);
    }
  }

  @Test
  void theReportSaysWhoLimitsIt() {
    try (Sandbox sandbox = start()) {
      assertThat(sandbox.report().limits()).containsEntry(Limit.WORKSPACE, Driver.PADDOCK);
    }
    SandboxSpec wide =
        SandboxSpec.of(workspace).withLimits(Limits.DEFAULT.withWorkspaceBytes(Long.MAX_VALUE));
    try (Sandbox sandbox = provider.start(wide)) {
      assertThat(sandbox.report().limits()).containsEntry(Limit.WORKSPACE, Driver.FILE_SYSTEM);
    }
  }
}
