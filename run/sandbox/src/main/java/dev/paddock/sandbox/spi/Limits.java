package dev.paddock.sandbox.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * What a sandbox may use.
 *
 * @param memoryBytes of all its processes together, or of each one where there is no cgroup; {@link
 *     SandboxReport} tells
 * @param processes processes and threads of the whole sandbox
 * @param workspaceBytes of all files in {@code /workspace} and {@code /tmp} together, each counted
 *     with at least 4 KiB
 * @param fileSizeBytes the largest single file
 * @param openFiles of each process
 * @param cpuSeconds of each process
 * @param cpus processors that the whole sandbox may keep busy; empty for all, at a lower weight
 *     than Paddock's own
 * @param ioBytesPerSecond what the whole sandbox may read from the disk of its workspace in a
 *     second, and as much that it may write; empty for no such limit
 * @param wallTime the longest any command may take
 * @param outputBytes how much of each output is kept by default
 */
public record Limits(
    long memoryBytes,
    int processes,
    long workspaceBytes,
    long fileSizeBytes,
    int openFiles,
    long cpuSeconds,
    Optional<Double> cpus,
    Optional<Long> ioBytesPerSecond,
    Duration wallTime,
    long outputBytes) {

  public static final Limits DEFAULT =
      new Limits(
          2L << 30,
          512,
          2L << 30,
          1L << 30,
          1024,
          3600,
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(120),
          100_000);

  public Limits {
    if (memoryBytes < 1 << 20
        || processes < 8
        || workspaceBytes < 1 << 20
        || fileSizeBytes < 512
        || openFiles < 64
        || cpuSeconds < 1
        || cpus.filter(count -> !(count >= 0.01 && count <= 10_000)).isPresent()
        || ioBytesPerSecond.filter(bytes -> bytes < 64 << 10).isPresent()) {
      throw new IllegalArgumentException(
          "a sandbox needs at least 1 MiB of memory and of workspace, 8 processes, files of 512"
              + " bytes, 64 open files, a second of CPU time, 0.01 processors and 64 KiB/s of its"
              + " disk");
    }
    requirePositive(wallTime, outputBytes);
  }

  static void requirePositive(Duration time, long outputBytes) {
    if (time.isNegative() || time.isZero() || outputBytes < 0) {
      throw new IllegalArgumentException(
          "a time limit must be positive and an output limit not negative");
    }
  }

  public Limits withMemoryBytes(long bytes) {
    return new Limits(
        bytes,
        processes,
        workspaceBytes,
        fileSizeBytes,
        openFiles,
        cpuSeconds,
        cpus,
        ioBytesPerSecond,
        wallTime,
        outputBytes);
  }

  public Limits withProcesses(int count) {
    return new Limits(
        memoryBytes,
        count,
        workspaceBytes,
        fileSizeBytes,
        openFiles,
        cpuSeconds,
        cpus,
        ioBytesPerSecond,
        wallTime,
        outputBytes);
  }

  public Limits withWorkspaceBytes(long bytes) {
    return new Limits(
        memoryBytes,
        processes,
        bytes,
        fileSizeBytes,
        openFiles,
        cpuSeconds,
        cpus,
        ioBytesPerSecond,
        wallTime,
        outputBytes);
  }

  public Limits withFileSizeBytes(long bytes) {
    return new Limits(
        memoryBytes,
        processes,
        workspaceBytes,
        bytes,
        openFiles,
        cpuSeconds,
        cpus,
        ioBytesPerSecond,
        wallTime,
        outputBytes);
  }

  public Limits withCpuSeconds(long seconds) {
    return new Limits(
        memoryBytes,
        processes,
        workspaceBytes,
        fileSizeBytes,
        openFiles,
        seconds,
        cpus,
        ioBytesPerSecond,
        wallTime,
        outputBytes);
  }

  public Limits withCpus(double count) {
    return new Limits(
        memoryBytes,
        processes,
        workspaceBytes,
        fileSizeBytes,
        openFiles,
        cpuSeconds,
        Optional.of(count),
        ioBytesPerSecond,
        wallTime,
        outputBytes);
  }

  public Limits withIoBytesPerSecond(long bytes) {
    return new Limits(
        memoryBytes,
        processes,
        workspaceBytes,
        fileSizeBytes,
        openFiles,
        cpuSeconds,
        cpus,
        Optional.of(bytes),
        wallTime,
        outputBytes);
  }

  public Limits withWallTime(Duration time) {
    return new Limits(
        memoryBytes,
        processes,
        workspaceBytes,
        fileSizeBytes,
        openFiles,
        cpuSeconds,
        cpus,
        ioBytesPerSecond,
        time,
        outputBytes);
  }
}
