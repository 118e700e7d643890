package dev.paddock.sandbox;

import static java.util.stream.Collectors.joining;

import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The control groups under which this process may make groups of its own, or one of those.
 *
 * @param driver the version
 * @param memory the folder that limits memory or in which such groups can be made, if there is one
 * @param processes likewise for processes
 * @param cpu likewise for processors; version 2 has one folder for all
 * @param io likewise for disks
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">cgroup v2</a>
 */
record ControlGroups(
    Driver driver,
    Optional<Path> memory,
    Optional<Path> processes,
    Optional<Path> cpu,
    Optional<Path> io) {
  static final ControlGroups NONE =
      new ControlGroups(
          Driver.NONE, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * Looks for a place, version 2 first.
   *
   * @param proc {@code /proc/self}
   */
  static ControlGroups detect(Path proc) throws IOException {
    List<String> mountInfo = Files.readAllLines(proc.resolve("mountinfo"));
    List<String> membership = Files.readAllLines(proc.resolve("cgroup"));
    List<CgroupMount> mounts =
        mountInfo.stream().map(CgroupMount::parse).flatMap(Optional::stream).toList();
    Optional<Path> unified = v2(mounts, membership);
    if (unified.isPresent()) {
      boolean cpu = handsDown(unified.get(), Set.of("cpu"));
      boolean io = handsDown(unified.get(), Set.of("io"));
      return new ControlGroups(
          Driver.CGROUP_V2,
          unified,
          unified,
          cpu ? unified : Optional.empty(),
          io ? unified : Optional.empty());
    }
    Optional<Path> memory = v1(mounts, membership, "memory");
    Optional<Path> processes = v1(mounts, membership, "pids");
    Optional<Path> cpu = v1(mounts, membership, "cpu");
    Optional<Path> io = v1(mounts, membership, "blkio");
    if (memory.isPresent() || processes.isPresent() || cpu.isPresent() || io.isPresent()) {
      return new ControlGroups(Driver.CGROUP_V1, memory, processes, cpu, io);
    }
    return NONE;
  }

  private static Optional<Path> v2(List<CgroupMount> mounts, List<String> membership)
      throws IOException {
    Optional<CgroupMount> mount = mounts.stream().filter(CgroupMount::unified).findFirst();
    Optional<String> own =
        membership.stream().filter(l -> l.startsWith("0::")).map(l -> l.substring(3)).findFirst();
    if (mount.isEmpty() || own.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> folder = mount.get().folder(own.get());
    // a group with processes cannot hand controllers down, so an ancestor often is the place
    while (folder.isPresent() && folder.get().startsWith(mount.get().point())) {
      Path candidate = folder.get();
      if (Files.isWritable(candidate)
          && Files.isWritable(candidate.resolve("cgroup.procs"))
          && handsDown(candidate, Set.of("memory", "pids"))) {
        return Optional.of(candidate);
      }
      folder = Optional.ofNullable(candidate.getParent());
    }
    return Optional.empty();
  }

  private static boolean handsDown(Path folder, Set<String> wanted) throws IOException {
    if (!words(folder.resolve("cgroup.controllers")).containsAll(wanted)) {
      return false;
    }
    Path subtree = folder.resolve("cgroup.subtree_control");
    if (words(subtree).containsAll(wanted)) {
      return true;
    }
    if (!Files.isWritable(subtree)) {
      return false;
    }
    try {
      Files.writeString(
          subtree, wanted.stream().sorted().map(name -> "+" + name).collect(joining(" ")));
    } catch (IOException busy) { // it holds processes of its own
      return false;
    }
    return words(subtree).containsAll(wanted);
  }

  private static Set<String> words(Path file) throws IOException {
    return Files.isReadable(file)
        ? Set.of(Files.readString(file).strip().replace("+", "").split("\\s+"))
        : Set.of();
  }

  private static Optional<Path> v1(
      List<CgroupMount> mounts, List<String> membership, String controller) {
    Optional<CgroupMount> mount = mounts.stream().filter(m -> m.holds(controller)).findFirst();
    Optional<String> own =
        membership.stream()
            .map(line -> line.split(":", 3))
            .filter(parts -> parts.length == 3 && List.of(parts[1].split(",")).contains(controller))
            .map(parts -> parts[2])
            .findFirst();
    return mount
        .flatMap(m -> own.flatMap(m::folder))
        .filter(folder -> Files.isWritable(folder) && Files.isDirectory(folder));
  }

  /** The limits that they, and groups made in them, can enforce. */
  Map<Limit, Driver> enforceable() {
    Map<Limit, Driver> limits = new EnumMap<>(Limit.class);
    memory.ifPresent(folder -> limits.put(Limit.MEMORY, driver));
    processes.ifPresent(folder -> limits.put(Limit.PROCESSES, driver));
    cpu.ifPresent(folder -> limits.put(Limit.CPU_SHARE, driver));
    io.ifPresent(folder -> limits.put(Limit.IO, driver));
    return limits;
  }

  /** A group of this name in each of them, made or not. */
  ControlGroups within(String name) {
    return new ControlGroups(
        driver,
        memory.map(folder -> folder.resolve(name)),
        processes.map(folder -> folder.resolve(name)),
        cpu.map(folder -> folder.resolve(name)),
        io.map(folder -> folder.resolve(name)));
  }

  private ControlGroups withoutIo() {
    return new ControlGroups(driver, memory, processes, cpu, Optional.empty());
  }

  List<Path> folders() {
    return Stream.of(memory, processes, cpu, io).flatMap(Optional::stream).distinct().toList();
  }

  /**
   * @param disk of the workspace, if it has one
   */
  ControlGroup create(
      String name, Limits limits, Set<Measure> measures, Optional<BlockDevice> disk) {
    boolean limited =
        limits.ioBytesPerSecond().isPresent()
            && disk.isPresent()
            && measures.contains(Measure.IO_LIMIT);
    // of version 1 a folder more to join costs time, and it has no weights but with one scheduler
    ControlGroups used = limited || driver == Driver.CGROUP_V2 ? this : withoutIo();
    if (used.enforceable().isEmpty()) {
      return ControlGroup.NONE;
    }
    return CgroupFolders.create(
        used.within(name), limits, measures, limited ? disk : Optional.empty());
  }
}
