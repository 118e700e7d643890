package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
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

  private final ControlGroups own;

  private final Optional<EventCounter> oomKills;
  private final Optional<EventCounter> forksRefused;

  private CgroupFolders(ControlGroups own) {
    this.own = own;
    String memoryFile = version2() ? "memory.events" : "memory.oom_control";
    this.oomKills =
        own.memory().map(folder -> new EventCounter(folder.resolve(memoryFile), "oom_kill"));
    this.forksRefused =
        own.processes().map(folder -> new EventCounter(folder.resolve("pids.events"), "max"));
  }

  /**
   * Makes it.
   *
   * @param own its folders
   * @param disk that is limited
   */
  static ControlGroup create(
      ControlGroups own, Limits limits, Set<Measure> measures, Optional<BlockDevice> disk) {
    CgroupFolders group = new CgroupFolders(own);
    try {
      for (Path folder : own.folders()) {
        Files.createDirectory(folder);
      }
      if (measures.contains(Measure.MEMORY_LIMIT) && own.memory().isPresent()) {
        group.limitMemory(own.memory().get(), limits.memoryBytes());
      }
      if (measures.contains(Measure.PROCESS_LIMIT) && own.processes().isPresent()) {
        write(own.processes().get().resolve("pids.max"), limits.processes());
      }
      if (own.cpu().isPresent()) {
        group.limitCpu(own.cpu().get(), limits.cpus());
      }
      if (own.io().isPresent()) {
        group.limitIo(own.io().get(), disk, limits.ioBytesPerSecond());
      }
      return group;
    } catch (IOException e) {
      group.close();
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "cannot make the control group " + own.folders(), e);
    }
  }

  private boolean version2() {
    return own.driver() == Driver.CGROUP_V2;
  }

  private void limitMemory(Path folder, long bytes) throws IOException {
    if (version2()) {
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
    if (version2()) {
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

  private void limitIo(Path folder, Optional<BlockDevice> disk, Optional<Long> bytesPerSecond)
      throws IOException {
    if (version2()) {
      writeIfThere(folder.resolve("io.weight"), 50);
    }
    if (disk.isEmpty() || bytesPerSecond.isEmpty()) {
      return;
    }
    String device = disk.get() + " ";
    long rate = bytesPerSecond.get();
    if (version2()) {
      Files.writeString(
          folder.resolve("io.max"), "%srbps=%d wbps=%d".formatted(device, rate, rate));
    } else {
      for (String direction : List.of("read", "write")) {
        Files.writeString(
            folder.resolve("blkio.throttle." + direction + "_bps_device"), device + rate);
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
    return own.enforceable();
  }

  @Override
  public List<Path> joinFiles() {
    // a thread that moves itself in version 1 needs no lock of the whole system, a process does
    String file = version2() ? "cgroup.procs" : "tasks";
    return own.folders().stream().map(folder -> folder.resolve(file)).toList();
  }

  @Override
  public Hits hits() {
    return new Hits(
        oomKills.map(EventCounter::value).orElse(0L),
        forksRefused.map(EventCounter::value).orElse(0L));
  }

  @Override
  public void close() {
    oomKills.ifPresent(EventCounter::close);
    forksRefused.ifPresent(EventCounter::close);
    own.folders().forEach(CgroupFolders::remove);
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
