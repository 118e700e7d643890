package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.TestingArena.Attack;
import dev.paddock.sandbox.TestingArena.Round;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Attack 26 of {@code docs/sandbox.md}: memory, processes, processor time, files and space. */
@EnabledOnOs(OS.LINUX)
final class ResourceAttackTest {
  private static final long MIB = 1 << 20;

  private TestingArena arena;

  @BeforeEach
  void open() throws Exception {
    arena = new TestingArena();
  }

  @AfterEach
  void close() throws Exception {
    arena.close();
  }

  @Test
  void attack26_eatsMemory() throws Exception {
    arena.limits(Limits.DEFAULT.withMemoryBytes(64 * MIB));
    arena.assertHeldBy(
        round -> {
          ExecResult result = round.perl(TestingProbes.MEMORY_BOMB);
          boolean survived = Files.exists(round.workspace().resolve("survived"));
          if (!survived && driver(round, Limit.MEMORY) != Driver.RLIMIT) {
            assertThat(result.killedBy()).contains(KilledBy.MEMORY);
            assertThat(result.stderrText()).endsWith("killed: memory limit 64 MiB\n");
          }
          return survived;
        },
        Measure.MEMORY_LIMIT);
  }

  @Test
  void attack26_eatsMemoryWhereThereAreNoControlGroups() throws Exception {
    arena.options(LaunchOptions.PRODUCTION.withoutControlGroups());
    arena.limits(Limits.DEFAULT.withMemoryBytes(64 * MIB));
    arena.assertHeldBy(
        round -> {
          assertThat(driver(round, Limit.MEMORY)).isEqualTo(Driver.RLIMIT);
          round.perl(TestingProbes.MEMORY_BOMB);
          return Files.exists(round.workspace().resolve("survived"));
        },
        Measure.MEMORY_LIMIT);
  }

  private static Driver driver(Round round, Limit limit) {
    return round.sandbox().report().limits().getOrDefault(limit, Driver.NONE);
  }

  private static Attack forksMoreThan(int children) {
    return round -> {
      round.perl(TestingProbes.FORK_BOMB);
      return Integer.parseInt(Files.readString(round.workspace().resolve("children"))) > children;
    };
  }

  @Test
  void attack26_forks() throws Exception {
    arena.limits(Limits.DEFAULT.withProcesses(40));
    try (Round round = arena.round(Measure.ALL)) {
      assumeTrue(
          driver(round, Limit.PROCESSES) != Driver.NONE,
          "nothing on this machine limits the processes of root");
    }
    arena.assertHeldBy(forksMoreThan(40), Measure.PROCESS_LIMIT);
  }

  @Test
  void attack26_burnsProcessorTime() throws Exception {
    arena.limits(Limits.DEFAULT.withCpuSeconds(1));
    arena.assertHeldBy(
        round -> {
          ExecResult result = round.perl(TestingProbes.BURN);
          boolean survived = Files.exists(round.workspace().resolve("survived"));
          if (!survived) {
            assertThat(result.killedBy()).contains(KilledBy.CPU);
            assertThat(result.stderrText()).contains("killed: CPU limit 1 s");
          }
          return survived;
        },
        Measure.CPU_LIMIT);
  }

  /** At 128 KiB/s five seconds write some 640 KiB. */
  @Test
  void attack26_takesTheWholeDisk() throws Exception {
    arena.limits(Limits.DEFAULT.withIoBytesPerSecond(128 << 10));
    try (Round round = arena.round(Measure.ALL)) {
      assumeTrue(
          round.sandbox().report().limits().get(Limit.IO) != Driver.NONE,
          "no control group here limits the workspace's disk");
    }
    arena.assertHeldBy(
        round -> {
          round.perl(TestingProbes.WRITE_THROUGH);
          return Files.size(round.workspace().resolve("big")) > 4 * MIB;
        },
        Measure.IO_LIMIT);
  }

  @Test
  void attack26_writesAHugeFile() throws Exception {
    arena.limits(Limits.DEFAULT.withFileSizeBytes(MIB));
    arena.assertHeldBy(
        round -> {
          ExecResult result = round.bash("exec head -c 3M /dev/zero > big");
          boolean grew = Files.size(round.workspace().resolve("big")) > MIB;
          if (!grew) {
            assertThat(result.killedBy()).contains(KilledBy.FILE_SIZE);
          }
          return grew;
        },
        Measure.FILE_SIZE_LIMIT);
  }

  @Test
  void attack26_fillsTheWorkspace() throws Exception {
    arena.limits(Limits.DEFAULT.withWorkspaceBytes(8 * MIB));
    arena.assertHeldBy(
        round -> {
          ExecResult result =
              round.bash("for i in {1..12}; do head -c 1M /dev/zero > big$i; done; sleep 1");
          if (result.killedBy().isPresent()) {
            assertThat(result.killedBy()).contains(KilledBy.WORKSPACE);
            assertThat(result.stderrText()).contains("killed: workspace limit 8 MiB");
          }
          return result.exitCode() == 0;
        },
        Measure.WORKSPACE_LIMIT);
  }

  @Test
  void attack26_opensTooManyFiles() throws Exception {
    arena.assertHeldBy(TestingArena.perl(TestingProbes.OPEN_FILES), Measure.OPEN_FILES_LIMIT);
  }

  /** Everything that is memory and not the workspace has a size of its own. */
  @Test
  void attack26_fillsMemoryWithFiles() throws Exception {
    try (Round round = arena.round(Measure.ALL)) {
      assertThat(
              round
                  .bash("head -c 100M /dev/zero > /dev/shm/big; stat -c %s /dev/shm/big")
                  .stdoutText())
          .isEqualTo(Long.toString(64 * MIB) + "\n");
      for (String place : List.of("/big", "/dev/big", "/run/big", "/etc/big", "/mnt/big")) {
        assertThat(round.bash(": > " + place).exitCode()).as(place).isNotZero();
      }
    }
  }

  @Test
  void attack26_leavesTheSandboxUsable() throws Exception {
    arena.limits(Limits.DEFAULT.withMemoryBytes(64 * MIB).withProcesses(40).withFileSizeBytes(MIB));
    try (Round round = arena.round(Measure.ALL)) {
      round.perl(TestingProbes.MEMORY_BOMB);
      round.perl(TestingProbes.FORK_BOMB);
      round.bash("head -c 3M /dev/zero > big");
      assertThat(round.bash("echo fine | cat").stdoutText()).isEqualTo("fine\n");
    }
  }
}
