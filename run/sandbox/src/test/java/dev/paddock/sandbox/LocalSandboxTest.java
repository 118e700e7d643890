package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LocalSandboxTest extends SandboxContract {
  @Override
  protected SandboxProvider open(Path base) {
    return new LocalSandboxProvider(base);
  }

  @Override
  protected void assertNothingLeft(Path base) throws Exception {
    String run = base.toFile().list()[0];
    assertThat(TestingProcesses.controlGroups("paddock-" + run)).isEmpty();
  }

  @Test
  void showsAnOrdinaryUser() throws Exception {
    try (Sandbox sandbox = provider().start(SandboxSpec.of(workspace()))) {
      assertThat(sandbox.exec(ExecRequest.of("bash", "-c", "id -un; id -u")).stdoutText())
          .isEqualTo("agent\n1000\n");
    }
  }

  @Test
  void namesEveryMeasure() {
    try (Sandbox sandbox = provider().start(SandboxSpec.of(workspace()))) {
      assertThat(sandbox.report().isolation())
          .hasSameSizeAs(Measure.allBut(Measure.BRIDGE_PROCESSES));
    }
  }
}
