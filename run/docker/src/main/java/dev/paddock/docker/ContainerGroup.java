package dev.paddock.docker;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.CgroupMount;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The control groups that the engine has made for a container, read to tell which limits hold and
 * when they are hit.
 *
 * @param memory the folder that limits memory, if one does
 */
record ContainerGroup(Driver driver, Optional<Path> memory, Optional<Path> processes) {
  static final ContainerGroup NONE =
      new ContainerGroup(Driver.NONE, Optional.empty(), Optional.empty());

  /** The groups of a process of this machine. */
  static ContainerGroup of(long process) {
    try {
      return of(
          Files.readAllLines(Path.of("/proc/self/mountinfo")),
          Files.readAllLines(Path.of("/proc/" + process + "/cgroup")));
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "the container has ended: cannot read its control groups", e);
    }
  }

  static ContainerGroup of(List<String> mountInfo, List<String> membership) throws IOException {
    List<CgroupMount> mounts =
        mountInfo.stream().map(CgroupMount::parse).flatMap(Optional::stream).toList();
    Optional<Path> unified =
        mounts.stream()
            .filter(CgroupMount::unified)
            .findFirst()
            .flatMap(mount -> group(membership, "").flatMap(mount::folder));
    if (unified.isPresent() && limited(unified.get().resolve("memory.max"))) {
      return new ContainerGroup(Driver.CGROUP_V2, unified, unified);
    }
    Optional<Path> memory = version1(mounts, membership, "memory");
    Optional<Path> processes = version1(mounts, membership, "pids");
    if (memory.isPresent() && processes.isPresent()) {
      boolean both =
          limited(memory.get().resolve("memory.limit_in_bytes"))
              && limited(processes.get().resolve("pids.max"));
      return both ? new ContainerGroup(Driver.CGROUP_V1, memory, processes) : NONE;
    }
    return NONE;
  }

  private static Optional<Path> version1(
      List<CgroupMount> mounts, List<String> membership, String controller) {
    return mounts.stream()
        .filter(mount -> mount.holds(controller))
        .findFirst()
        .flatMap(mount -> group(membership, controller).flatMap(mount::folder));
  }

  /** A line is {@code number:controllers:path}; version 2 has no controllers there. */
  private static Optional<String> group(List<String> membership, String controller) {
    return membership.stream()
        .map(line -> line.split(":", 3))
        .filter(parts -> parts.length == 3 && List.of(parts[1].split(",")).contains(controller))
        .map(parts -> parts[2])
        .findFirst();
  }

  /** Version 1 says a number near 2^63 where nothing is limited. */
  private static boolean limited(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      return false;
    }
    String value = Files.readString(file).strip();
    return !value.equals("max") && Long.parseLong(value) < Long.MAX_VALUE / 2;
  }

  Hits hits() {
    String events = driver == Driver.CGROUP_V2 ? "memory.events" : "memory.oom_control";
    return new Hits(
        memory.map(folder -> counter(folder.resolve(events), "oom_kill ")).orElse(0L),
        processes.map(folder -> counter(folder.resolve("pids.events"), "max ")).orElse(0L));
  }

  private static long counter(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.substring(key.length()).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException ended) { // with its container
      return 0;
    }
  }
}
