package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On made-up trees; version 1 is also proven by the attack tests where the machine has it. */
final class ControlGroupsTest {
  private static final Optional<BlockDevice> NO_DISK = Optional.empty();
  private static final Optional<BlockDevice> DISK = Optional.of(new BlockDevice(254, 1));

  @TempDir Path folder;

  private Path proc;
  private Path unified;

  @BeforeEach
  void create() throws IOException {
    proc = Files.createDirectory(folder.resolve("self"));
    unified = Files.createDirectory(folder.resolve("unified"));
  }

  private void process(String mountInfo, String membership) throws IOException {
    Files.writeString(proc.resolve("mountinfo"), mountInfo);
    Files.writeString(proc.resolve("cgroup"), membership);
  }

  private String unifiedMount(String root) {
    return "30 23 0:26 " + root + " " + unified + " rw,nosuid - cgroup2 cgroup2 rw\n";
  }

  private Path group(String path, String controllers, String subtree) throws IOException {
    Path group = Files.createDirectories(unified.resolve(path));
    Files.writeString(group.resolve("cgroup.controllers"), controllers);
    Files.writeString(group.resolve("cgroup.subtree_control"), subtree);
    Files.writeString(group.resolve("cgroup.procs"), "");
    return group;
  }

  @Test
  void takesTheNearestAncestorThatHandsControllersDown() throws Exception {
    group("user", "cpu memory pids", "cpu memory pids");
    Path slice = group("user/app.slice", "cpu memory pids", "memory pids");
    group("user/app.slice/run.scope", "memory pids", "").toFile();
    Files.setPosixFilePermissions(
        slice.resolve("run.scope/cgroup.subtree_control"), java.util.Set.of());
    process(unifiedMount("/"), "0::/user/app.slice/run.scope\n");
    ControlGroups groups = ControlGroups.detect(proc);
    assertThat(groups.driver()).isEqualTo(Driver.CGROUP_V2);
    assertThat(groups.memory()).hasValueSatisfying(path -> assertThat(path).startsWith(slice));
    assertThat(groups.enforceable())
        .containsEntry(Limit.MEMORY, Driver.CGROUP_V2)
        .containsEntry(Limit.PROCESSES, Driver.CGROUP_V2);
  }

  @Test
  void doesNotLeaveWhatIsMounted() throws Exception {
    group("", "memory pids", "memory pids");
    process(unifiedMount("/docker/x"), "0::/elsewhere\n");
    assertThat(ControlGroups.detect(proc)).isEqualTo(ControlGroups.NONE);
    process(unifiedMount("/docker/x"), "0::/docker/x/../../elsewhere\n");
    assertThat(ControlGroups.detect(proc)).isEqualTo(ControlGroups.NONE);
    process(unifiedMount("/docker/x"), "0::/docker/x\n");
    assertThat(ControlGroups.detect(proc).memory()).contains(unified);
  }

  @Test
  void needsBothControllers() throws Exception {
    group("", "cpu memory", "cpu memory");
    process(unifiedMount("/"), "0::/\n");
    assertThat(ControlGroups.detect(proc)).isEqualTo(ControlGroups.NONE);
  }

  @Test
  void setsTheLimitsOfVersion2() throws Exception {
    group("", "memory pids", "memory pids");
    process(unifiedMount("/"), "0::/\n");
    ControlGroups groups = ControlGroups.detect(proc);
    ControlGroup box = groups.create("box", Limits.DEFAULT, Measure.ALL, NO_DISK);
    Path made = unified.resolve("box");
    assertThat(made.resolve("memory.max")).hasContent("2147483648");
    assertThat(made.resolve("pids.max")).hasContent("512");
    assertThat(box.joinFiles()).containsExactly(made.resolve("cgroup.procs"));
    Files.writeString(made.resolve("memory.events"), "low 0\noom 4\noom_kill 3\n");
    Files.writeString(made.resolve("pids.events"), "max 2\n");
    assertThat(box.hits()).isEqualTo(new Hits(3, 2));
  }

  @Test
  void findsEachControllerOfVersion1() throws Exception {
    Path memory = Files.createDirectories(folder.resolve("memory/job/7"));
    Path pids = Files.createDirectories(folder.resolve("pids"));
    process(
        "31 23 0:27 / %1$s/memory rw - cgroup cgroup rw,memory\n32 23 0:28 / %1$s/pids rw - cgroup cgroup rw,pids\nnot a mount\n"
            .formatted(folder),
        "4:memory:/job/7\n3:pids:/\n0::/\n");
    ControlGroups groups = ControlGroups.detect(proc);
    assertThat(groups)
        .isEqualTo(
            new ControlGroups(
                Driver.CGROUP_V1,
                Optional.of(memory),
                Optional.of(pids),
                Optional.empty(),
                Optional.empty()));
    ControlGroup box = groups.create("box", Limits.DEFAULT, Measure.ALL, NO_DISK);
    assertThat(memory.resolve("box/memory.limit_in_bytes")).hasContent("2147483648");
    assertThat(pids.resolve("box/pids.max")).hasContent("512");
    assertThat(box.joinFiles()).hasSize(2);
  }

  @Test
  void givesBoxesALowerWeightAndAsManyProcessorsAsTheyMayHave() throws Exception {
    group("", "cpu memory pids", "cpu memory pids");
    process(unifiedMount("/"), "0::/\n");
    ControlGroups groups = ControlGroups.detect(proc);
    assertThat(groups.enforceable()).containsEntry(Limit.CPU_SHARE, Driver.CGROUP_V2);
    groups.create("box", Limits.DEFAULT, Measure.ALL, NO_DISK);
    assertThat(unified.resolve("box/cpu.weight")).hasContent("50");
    assertThat(unified.resolve("box/cpu.max")).doesNotExist();
    ControlGroup narrow =
        groups.create("narrow", Limits.DEFAULT.withCpus(1.5), Measure.ALL, NO_DISK);
    assertThat(unified.resolve("narrow/cpu.max")).hasContent("150000 100000");
    assertThat(narrow.enforced()).containsEntry(Limit.CPU_SHARE, Driver.CGROUP_V2);
    assertThat(narrow.joinFiles()).containsExactly(unified.resolve("narrow/cgroup.procs"));
  }

  @Test
  void givesBoxesALowerWeightInVersion1Too() throws Exception {
    Path cpu = Files.createDirectories(folder.resolve("cpu"));
    process(
        "31 23 0:27 / %s/cpu rw - cgroup cgroup rw,cpu,cpuacct\n".formatted(folder),
        "4:cpu,cpuacct:/\n");
    ControlGroup box =
        ControlGroups.detect(proc)
            .create("box", Limits.DEFAULT.withCpus(0.5), Measure.ALL, NO_DISK);
    assertThat(cpu.resolve("box/cpu.shares")).hasContent("512");
    assertThat(cpu.resolve("box/cpu.cfs_quota_us")).hasContent("50000");
    assertThat(box.enforced()).containsOnlyKeys(Limit.CPU_SHARE);
  }

  @Test
  void limitsADiskOfVersion2AndGivesItALowerWeight() throws Exception {
    group("", "io memory pids", "io memory pids");
    process(unifiedMount("/"), "0::/\n");
    ControlGroup box =
        ControlGroups.detect(proc)
            .create("box", Limits.DEFAULT.withIoBytesPerSecond(1 << 20), Measure.ALL, DISK);
    assertThat(unified.resolve("box/io.max")).hasContent("254:1 rbps=1048576 wbps=1048576");
    assertThat(box.enforced()).containsEntry(Limit.IO, Driver.CGROUP_V2);
  }

  @Test
  void limitsADiskOfVersion1OnlyWhereThatIsAskedFor() throws Exception {
    Path io = Files.createDirectories(folder.resolve("blkio"));
    process("31 23 0:27 / %s rw - cgroup cgroup rw,blkio\n".formatted(io), "4:blkio:/\n");
    ControlGroups groups = ControlGroups.detect(proc);
    Limits limits = Limits.DEFAULT.withIoBytesPerSecond(1 << 20);
    assertThat(groups.create("any", Limits.DEFAULT, Measure.ALL, DISK).joinFiles()).isEmpty();
    assertThat(groups.create("any", limits, Measure.ALL, NO_DISK).joinFiles()).isEmpty();
    ControlGroup box = groups.create("box", limits, Measure.ALL, DISK);
    assertThat(io.resolve("box/blkio.throttle.read_bps_device")).hasContent("254:1 1048576");
    assertThat(io.resolve("box/blkio.throttle.write_bps_device")).hasContent("254:1 1048576");
    assertThat(box.enforced()).containsOnlyKeys(Limit.IO);
  }
}
