package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.SandboxContract;
import dev.paddock.sandbox.spi.SandboxProvider;
import java.nio.file.Path;

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
}
