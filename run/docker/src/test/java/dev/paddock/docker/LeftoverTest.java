package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.TestingFiles;
import dev.paddock.sandbox.TestingJvm;
import dev.paddock.sandbox.TestingProcesses;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxFactory;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A killed Paddock leaves its containers to the engine; the next one removes them and says so. */
final class LeftoverTest {
  @TempDir Path folder;

  @Test
  void attack25_outlivesAKilledPaddock() throws Exception {
    TestingEngines.assumeEngine();
    Path base = Files.createDirectory(folder.resolve("run"));
    try (TestingJvm jvm = TestingJvm.start(HoldsAContainer.class, folder.toString())) {
      assertThat(jvm.readLine()).isEqualTo("ready");
      assertThat(TestingProcesses.running("sleep", "73125")).hasSize(1);
      jvm.kill();
    }
    List<String> said = new ArrayList<>();
    SandboxFactory.Setup setup = TestingEngines.setup(base, TestingEngines.IMAGE);
    try (DockerSandboxProvider next =
        new DockerSandboxProvider(
            new SandboxFactory.Setup(base, setup.settings(), setup.environment(), said::add))) {
      assertThat(next.readiness().missing()).isEmpty();
      assertThat(said).containsExactly("removed 1 container that a killed Paddock had left");
      assertThat(TestingProcesses.running("sleep", "73125")).isEmpty();
    }
    assertThat(base).isEmptyDirectory();
  }

  @Test
  void leavesTheContainersOfALivingPaddockAlone() throws Exception {
    Path base = folder.resolve("run");
    Path workspace = Files.createDirectory(folder.resolve("workspace"));
    try (DockerSandboxProvider first = TestingEngines.provider(base);
        Sandbox sandbox = first.start(SandboxSpec.of(workspace));
        DockerSandboxProvider second = TestingEngines.provider(base)) {
      assertThat(second.readiness().missing()).isEmpty();
      assertThat(sandbox.exec(ExecRequest.of("true")).exitCode()).isZero();
    }
  }

  /** A process of its own with one sandbox. */
  static final class HoldsAContainer {
    private HoldsAContainer() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      Path workspace = Files.createDirectory(folder.resolve("workspace"));
      Sandbox sandbox =
          TestingEngines.provider(folder.resolve("run")).start(SandboxSpec.of(workspace));
      sandbox.shell(ShellRequest.of("sleep 73125 &"));
      boolean runs =
          TestingFiles.becomes(() -> TestingProcesses.running("sleep", "73125").size() == 1);
      System.out.println(runs ? "ready" : "not started");
      TimeUnit.MINUTES.sleep(2);
    }
  }
}
