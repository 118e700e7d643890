package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.Readiness.Missing;
import dev.paddock.sandbox.spi.SandboxFactory;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is missing is named with its fix, and nothing runs. */
final class ReadinessTest {
  @TempDir Path folder;

  private DockerSandboxProvider provider(
      Map<String, String> settings, Map<String, String> environment) {
    return new DockerSandboxProvider(
        new SandboxFactory.Setup(folder.resolve("run"), settings, environment, notice -> {}));
  }

  @Test
  void namesASocketWhereNobodyListens() {
    Path absent = folder.resolve("absent.sock");
    try (DockerSandboxProvider provider =
        provider(Map.of(), Map.of("DOCKER_HOST", "unix://" + absent))) {
      Missing missing = provider.readiness().missing().getFirst();
      assertThat(missing.what()).contains("no container engine answers at " + absent);
      assertThat(missing.fix()).contains("apt-get install podman");
    }
  }

  @Test
  void refusesAnEngineOnAnotherMachine() {
    try (DockerSandboxProvider provider =
        provider(Map.of("host", "tcp://127.0.0.1:2375"), Map.of())) {
      assertThat(provider.readiness().missing().getFirst().what())
          .contains("must run on this machine")
          .contains("tcp://127.0.0.1:2375");
    }
  }

  @Test
  void namesTheCommandThatFetchesTheImage() throws Exception {
    TestingEngines.assumeEngine();
    try (DockerSandboxProvider provider =
        new DockerSandboxProvider(
            TestingEngines.setup(folder.resolve("run"), "no-such-image.test/x:1"))) {
      Missing missing = provider.readiness().missing().getFirst();
      assertThat(missing.what()).contains("no-such-image.test/x:1 is not on this machine");
      assertThat(missing.fix()).matches("(docker|podman) pull no-such-image.test/x:1");
      Path workspace = Files.createDirectory(folder.resolve("workspace"));
      assertThatThrownBy(() -> provider.start(SandboxSpec.of(workspace)))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ISOLATION_MISSING))
          .hasMessageContaining("pull no-such-image.test/x:1");
    }
  }
}
