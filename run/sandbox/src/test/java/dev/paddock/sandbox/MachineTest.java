package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import dev.paddock.sandbox.spi.Readiness.Missing;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineTest {
  @TempDir Path proc;

  @BeforeEach
  void create() throws IOException {
    Files.createDirectories(proc.resolve("self/ns"));
    Files.createFile(proc.resolve("self/ns/user"));
    Files.writeString(proc.resolve("self/status"), "Uid:\t1000\t1000\nSeccomp:\t0\n");
  }

  private void setting(String name, String value) throws IOException {
    Path file = proc.resolve("sys").resolve(name);
    Files.createDirectories(proc.resolve("sys/user"));
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.writeString(file, value + "\n");
  }

  private Machine machine(Optional<Path> bwrap) {
    return new Machine("Linux", "amd64", proc, bwrap, true, Optional.empty());
  }

  @Test
  void findsNothingMissingOnThisMachine() {
    assertThat(Machine.THIS.missing()).isEmpty();
  }

  @Test
  void namesTheFixOfEachMissingPart() throws Exception {
    assertThat(machine(Optional.empty()).missing())
        .singleElement()
        .satisfies(part -> assertThat(part.fix()).contains("apt-get install bubblewrap"));

    setting("user/max_user_namespaces", "0");
    setting("kernel/unprivileged_userns_clone", "0");
    assertThat(machine(Machine.THIS.bwrap()).missing())
        .extracting(Missing::fix)
        .containsExactly(
            "sudo sysctl -w user.max_user_namespaces=10000",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1");

    Files.writeString(proc.resolve("self/status"), "Uid:\t0\t0\n");
    assertThat(machine(Machine.THIS.bwrap()).missing())
        .extracting(Missing::fix)
        .contains("boot a kernel built with CONFIG_SECCOMP_FILTER=y")
        .doesNotContain("sudo sysctl -w kernel.unprivileged_userns_clone=1");
  }

  @Test
  void explainsAppArmorAndContainers() throws Exception {
    setting("kernel/apparmor_restrict_unprivileged_userns", "1");
    assertThat(machine(Machine.THIS.bwrap()).whyNoBox("setting up uid map: Permission denied"))
        .singleElement()
        .satisfies(
            part -> {
              assertThat(part.what()).contains("AppArmor", "Permission denied");
              assertThat(part.fix())
                  .contains("/etc/apparmor.d/bwrap", "userns,", "apparmor_parser -r")
                  .contains("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
            });
    setting("kernel/apparmor_restrict_unprivileged_userns", "0");
    Files.writeString(proc.resolve("self/status"), "Uid:\t1000\nSeccomp:\t2\n");
    assertThat(machine(Machine.THIS.bwrap()).whyNoBox("no permission"))
        .singleElement()
        .satisfies(part -> assertThat(part.fix()).contains("seccomp=unconfined"));
  }

  @Test
  void refusesOtherSystems() {
    assertThat(
            new Machine("Mac OS X", "aarch64", proc, Optional.empty(), true, Optional.empty())
                .missing())
        .hasSize(1);
    assertThat(
            new Machine("Linux", "riscv64", proc, Machine.THIS.bwrap(), true, Optional.empty())
                .missing())
        .singleElement()
        .satisfies(part -> assertThat(part.what()).contains("riscv64"));
  }

  @Test
  void neverRunsUnconfined(@TempDir Path folder) throws Exception {
    Path fake = folder.resolve("bwrap");
    Files.writeString(
        fake,
        """
        #!/bin/sh
        case $1 in
          --help) echo '--args --json-status-fd --clearenv ' ;;
          *) echo 'bwrap: No permissions to create new namespace' >&2; exit 1 ;;
        esac
        """);
    assertThat(fake.toFile().setExecutable(true)).isTrue();
    Machine broken =
        new Machine("Linux", "amd64", Path.of("/proc"), Optional.of(fake), true, Optional.empty());
    try (LocalSandboxProvider provider =
        new LocalSandboxProvider(folder.resolve("run"), broken, LaunchOptions.PRODUCTION)) {
      assertThat(provider.readiness().ready()).isFalse();
      assertThatThrownBy(() -> provider.start(SandboxSpec.of(folder)))
          .isInstanceOf(SandboxException.class)
          .hasMessageContaining("No permissions to create new namespace")
          .hasMessageContaining("fix: ")
          .extracting(e -> ((PaddockException) e).code())
          .isEqualTo(ErrorCode.ISOLATION_MISSING);
    }
  }

  @Test
  void doesNotWaitForABubblewrapThatDoesNotEnd(@TempDir Path folder) throws Exception {
    Path endless = Files.writeString(folder.resolve("bwrap"), "#!/bin/sh\nexec sleep 1000\n");
    assertThat(endless.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> Bubblewrap.at(endless, Duration.ofMillis(200)))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("--help does not end");
  }

  @Test
  void findsAnOldBubblewrapInsufficient(@TempDir Path folder) throws Exception {
    Path old = Files.writeString(folder.resolve("bwrap"), "#!/bin/sh\necho '--args FD'\n");
    assertThat(old.toFile().setExecutable(true)).isTrue();
    assertThat(machine(Optional.of(old)).missing())
        .singleElement()
        .satisfies(part -> assertThat(part.what()).contains("older than 0.5.0"));
  }
}
