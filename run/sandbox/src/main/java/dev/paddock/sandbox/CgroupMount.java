package dev.paddock.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A mounted control group hierarchy.
 *
 * @param root the group that the mount shows as its top
 * @param controllers of version 1; empty for version 2
 */
public record CgroupMount(Path point, String root, boolean unified, List<String> controllers) {

  /** Reads one line of {@code /proc/self/mountinfo}. */
  public static Optional<CgroupMount> parse(String line) {
    String[] halves = line.split(" - ", 2);
    if (halves.length < 2) {
      return Optional.empty();
    }
    String[] mount = halves[0].split(" ");
    String[] system = halves[1].split(" ");
    if (mount.length < 5 || system.length < 3) {
      return Optional.empty();
    }
    Path point = Path.of(mount[4].replace("\\040", " "));
    return switch (system[0]) {
      case "cgroup2" -> Optional.of(new CgroupMount(point, mount[3], true, List.of()));
      case "cgroup" ->
          Optional.of(new CgroupMount(point, mount[3], false, List.of(system[2].split(","))));
      default -> Optional.empty();
    };
  }

  public boolean holds(String controller) {
    return controllers.contains(controller);
  }

  /** The folder of a group, given by its path in the hierarchy; empty when it is out of sight. */
  public Optional<Path> folder(String group) {
    Path root = Path.of(this.root);
    Path path = Path.of(group);
    if (!path.isAbsolute() || !path.normalize().startsWith(root)) {
      return Optional.empty();
    }
    return Optional.of(point.resolve(root.relativize(path.normalize())).normalize());
  }
}
