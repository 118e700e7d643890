package dev.paddock.sandbox.spi;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What holds a sandbox.
 *
 * @param isolation one line a measure, for people
 * @param limits who enforces each limit
 */
public record SandboxReport(String place, List<String> isolation, Map<Limit, Driver> limits) {
  public SandboxReport {
    isolation = List.copyOf(isolation);
    limits = Collections.unmodifiableMap(new EnumMap<>(limits));
  }

  /** A limited resource. */
  public enum Limit {
    MEMORY,
    PROCESSES,
    WORKSPACE,
    FILE_SIZE,
    OPEN_FILES,
    CPU,
    /** Processors at the same time. */
    CPU_SHARE,
    /** Reading from and writing to the workspace's disk. */
    IO,
    WALL_TIME,
    OUTPUT
  }

  /** Who enforces a limit. */
  public enum Driver {
    CGROUP_V2,
    CGROUP_V1,
    RLIMIT,
    /** The workspace is a file system of its own that is not larger. */
    FILE_SYSTEM,
    /** Paddock itself, from outside the box. */
    PADDOCK,
    /** Nobody on this machine. */
    NONE
  }
}
