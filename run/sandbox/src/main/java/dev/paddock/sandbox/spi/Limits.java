package dev.paddock.sandbox.spi;

import java.time.Duration;

/**
 * What a sandbox may use.
 *
 * @param memoryBytes of all its processes together, or of each one where there is no cgroup; {@link
 *     SandboxReport} tells
 * @param processes processes and threads of the whole sandbox
 * @param fileSizeBytes the largest single file
 * @param openFiles of each process
 * @param cpuSeconds of each process
 * @param wallTime the longest any command may take
 * @param outputBytes how much of each output is kept by default
 */
public record Limits(
    long memoryBytes,
    int processes,
    long fileSizeBytes,
    int openFiles,
    long cpuSeconds,
    Duration wallTime,
    long outputBytes) {

  public static final Limits DEFAULT =
      new Limits(2L << 30, 512, 1L << 30, 1024, 3600, Duration.ofSeconds(120), 100_000);

  public Limits {
    if (memoryBytes < 1 << 20
        || processes < 8
        || fileSizeBytes < 512
        || openFiles < 64
        || cpuSeconds < 1) {
      throw new IllegalArgumentException(
          "a sandbox needs at least 1 MiB, 8 processes, files of 512 bytes, 64 open files and a"
              + " second of CPU time");
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
        bytes, processes, fileSizeBytes, openFiles, cpuSeconds, wallTime, outputBytes);
  }

  public Limits withProcesses(int count) {
    return new Limits(
        memoryBytes, count, fileSizeBytes, openFiles, cpuSeconds, wallTime, outputBytes);
  }

  public Limits withFileSizeBytes(long bytes) {
    return new Limits(memoryBytes, processes, bytes, openFiles, cpuSeconds, wallTime, outputBytes);
  }

  public Limits withCpuSeconds(long seconds) {
    return new Limits(
        memoryBytes, processes, fileSizeBytes, openFiles, seconds, wallTime, outputBytes);
  }

  public Limits withWallTime(Duration time) {
    return new Limits(
        memoryBytes, processes, fileSizeBytes, openFiles, cpuSeconds, time, outputBytes);
  }
}
