package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxContract;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DockerSandboxTest extends SandboxContract {
  @Override
  protected SandboxProvider open(Path base) {
    return TestingEngines.provider(base);
  }

  @Override
  protected void assertNothingLeft(Path base) {
    String run = base.toFile().list()[0];
    try (Engine engine = Engine.connect(TestingEngines.assumeEngine(), base)) {
      assertThat(engine.labelled(ContainerPlan.RUN_LABEL, run)).isEmpty();
    }
  }

  /** Podman reads mounts as lists of options. */
  @Test
  void aNameIsNoOption() throws Exception {
    for (String name : List.of("a,src=/etc", "a,readonly=false", "a:b", "a\"b")) {
      Path shown = Files.createDirectory(workspace().resolveSibling(name.replace('/', '.')));
      Files.writeString(shown.resolve("own"), "own");
      SandboxSpec spec =
          SandboxSpec.of(workspace())
              .withMounts(List.of(new ReadOnlyMount(shown, "/mnt/" + name + "/x")));
      try (Sandbox sandbox = provider().start(spec)) {
        assertThat(
                sandbox
                    .exec(
                        ExecRequest.of(
                            "bash",
                            "-c",
                            "cd -- \"$1\" && echo * && ! : > new",
                            "-",
                            "/mnt/" + name + "/x"))
                    .stdoutText())
            .isEqualTo("own\n");
      } catch (SandboxException refused) {
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refused).hasMessageContaining("podman cannot show a path");
      }
    }
  }
}
