package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.sandbox.spi.Accounts;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
  void showsAccountsToOneBoxAlone() throws Exception {
    Accounts accounts =
        new Accounts(
            List.of("ann", "bob"), Map.of("staff", List.of("ann", "bob"), "ann", List.of()));
    String ask = "id -nG ann; getent passwd bob; getent group staff; id -un; whoami";
    try (Sandbox with = provider().start(SandboxSpec.of(workspace()).withAccounts(accounts));
        Sandbox without = provider().start(SandboxSpec.of(workspace()))) {
      assertThat(with.exec(ExecRequest.of("bash", "-c", ask)).stdoutText())
          .contains("staff")
          .contains("bob:x:2001:2001:bob:/tmp/home:/bin/bash\n")
          .contains(":ann,bob\n")
          .endsWith("agent\nagent\n");
      assertThat(without.exec(ExecRequest.of("getent", "passwd", "ann")).exitCode()).isEqualTo(2);
    }
  }

  @Test
  void anAccountIsALineOfItsOwn() {
    for (String name : List.of("root", "agent", "a\nroot:x:0:0", "a:x", "", "-a", "A", "a,b")) {
      assertThatThrownBy(() -> new Accounts(List.of(name), Map.of()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Accounts(List.of(), Map.of("g", List.of(name))))
          .isInstanceOf(IllegalArgumentException.class);
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
