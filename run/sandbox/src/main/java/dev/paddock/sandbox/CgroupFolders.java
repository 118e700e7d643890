package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** A control group made by Paddock, of either version. */
final class CgroupFolders implements ControlGroup {
  /** In microseconds, as the kernel has it. */
  private static final long CPU_PERIOD = 100_000;

  private static final Duration REMOVAL = Duration.ofSeconds(5);

  private final Driver driver;
  private final Optional<Path> memory;
  private final Optional<Path> processes;
  private final Optional<Path> cpu;
  private final List<Path> folders;

  private CgroupFolders(
      Driver driver,
      Optional<Path> memory,
      Optional<Path> processes,
      Optional<Path> cpu,
      List<Path> folders) {
    this.driver = driver;
    this.memory = memory;
    this.processes = processes;
    this.cpu = cpu;
    this.folders = folders;
  }

  static ControlGroup create(
      ControlGroups parent, String name, Limits limits, Set<Measure> measures) {
    CgroupFolders group =
        new CgroupFolders(
            parent.driver(),
            parent.memory().map(folder -> folder.resolve(name)),
            parent.processes().map(folder -> folder.resolve(name)),
            parent.cpu().map(folder -> folder.resolve(name)),
            parent.folders(name));
    try {
      for (Path folder : group.folders) {
        Files.createDirectory(folder);
      }
      if (measures.contains(Measure.MEMORY_LIMIT) && group.memory.isPresent()) {
        group.limitMemory(group.memory.get(), limits.memoryBytes());
      }
      if (measures.contains(Measure.PROCESS_LIMIT) && group.processes.isPresent()) {
        write(group.processes.get().resolve("pids.max"), limits.processes());
      }
      if (group.cpu.isPresent()) {
        group.limitCpu(group.cpu.get(), limits.cpus());
      }
      return group;
    } catch (IOException e) {
      group.close();
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "cannot make the control group " + group.folders, e);
    }
  }

  private void limitMemory(Path folder, long bytes) throws IOException {
    if (driver == Driver.CGROUP_V2) {
      write(folder.resolve("memory.max"), bytes);
      writeIfThere(folder.resolve("memory.swap.max"), 0);
    } else {
      write(folder.resolve("memory.limit_in_bytes"), bytes);
      writeIfThere(folder.resolve("memory.memsw.limit_in_bytes"), bytes);
    }
  }

  /** Boxes come after Paddock itself, whose groups have the usual weight. */
  private void limitCpu(Path folder, Optional<Double> cpus) throws IOException {
    Optional<Long> quota = cpus.map(count -> Math.max(1_000, (long) (count * CPU_PERIOD)));
    if (driver == Driver.CGROUP_V2) {
      write(folder.resolve("cpu.weight"), 50);
      if (quota.isPresent()) {
        Files.writeString(folder.resolve("cpu.max"), quota.get() + " " + CPU_PERIOD);
      }
    } else {
      write(folder.resolve("cpu.shares"), 512);
      if (quota.isPresent()) {
        write(folder.resolve("cpu.cfs_period_us"), CPU_PERIOD);
        write(folder.resolve("cpu.cfs_quota_us"), quota.get());
      }
    }
  }

  private static void write(Path file, long value) throws IOException {
    Files.writeString(file, Long.toString(value));
  }

  private static void writeIfThere(Path file, long value) throws IOException {
    if (Files.exists(file)) {
      write(file, value);
    }
  }

  @Override
  public Map<Limit, Driver> enforced() {
    Map<Limit, Driver> limits = new EnumMap<>(Limit.class);
    memory.ifPresent(folder -> limits.put(Limit.MEMORY, driver));
    processes.ifPresent(folder -> limits.put(Limit.PROCESSES, driver));
    cpu.ifPresent(folder -> limits.put(Limit.CPU_SHARE, driver));
    return limits;
  }

  @Override
  public List<Path> joinFiles() {
    // a thread that moves itself in version 1 needs no lock of the whole system, a process does
    String file = driver == Driver.CGROUP_V2 ? "cgroup.procs" : "tasks";
    return folders.stream().map(folder -> folder.resolve(file)).toList();
  }

  @Override
  public Hits hits() {
    String memoryFile = driver == Driver.CGROUP_V2 ? "memory.events" : "memory.oom_control";
    return new Hits(
        memory.map(folder -> counter(folder.resolve(memoryFile), "oom_kill ")).orElse(0L),
        processes.map(folder -> counter(folder.resolve("pids.events"), "max ")).orElse(0L));
  }

  private static long counter(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.substring(key.length()).strip());
        }
      }
      return 0;
    } catch (NoSuchFileException closed) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    folders.forEach(CgroupFolders::remove);
  }

  /** Kills every process in a group and removes it. */
  static void remove(Path folder) {
    long end = System.nanoTime() + REMOVAL.toNanos();
    while (true) {
      try {
        killAll(folder);
        Files.deleteIfExists(folder);
        return;
      } catch (NoSuchFileException gone) {
        return;
      } catch (FileSystemException busy) { // its last processes are still being torn down
        if (System.nanoTime() > end || busy instanceof DirectoryNotEmptyException) {
          throw new SandboxException(
              ErrorCode.UNAVAILABLE, "cannot remove the control group " + folder, busy);
        }
        LockSupport.parkNanos(1_000_000);
      } catch (IOException e) {
        throw new SandboxException(
            ErrorCode.UNAVAILABLE, "cannot remove the control group " + folder, e);
      }
    }
  }

  private static void killAll(Path folder) throws IOException {
    for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
