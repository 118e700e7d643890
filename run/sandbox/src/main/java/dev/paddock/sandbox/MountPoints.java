package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks what a spec wants to show, and where. */
public final class MountPoints {
  private static final Pattern PLACE =
      Pattern.compile("/(?:workspace/[^/\\x00]+|mnt)(?:/[^/\\x00]+)+");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private MountPoints() {}

  /** The workspace's folder that holds the mount, or empty when it lies elsewhere. */
  public static Optional<String> workspaceFolder(ReadOnlyMount mount) {
    String[] names = mount.box().split("/");
    return names[1].equals("workspace") ? Optional.of(names[2]) : Optional.empty();
  }

  /** Throws a {@code SandboxException} for a mount or variable that no box may have. */
  public static void check(SandboxSpec spec) {
    for (ReadOnlyMount mount : spec.mounts()) {
      boolean leaves = List.of(mount.box().split("/")).stream().anyMatch(MountPoints::isDots);
      if (!PLACE.matcher(mount.box()).matches() || leaves) {
        throw invalid(
            "a mount goes below /mnt or into a folder of /workspace, not to " + mount.box());
      }
      if (!Files.exists(mount.host())) {
        throw invalid("nothing to mount at " + mount.box() + ": no such path " + mount.host());
      }
    }
    spec.environment()
        .forEach(
            (name, value) -> {
              if (!VARIABLE.matcher(name).matches() || value.indexOf('\0') >= 0) {
                throw invalid("not an environment variable: " + name);
              }
            });
  }

  /**
   * Makes the folders of the workspace that mounts lie in. No box runs yet, so what is checked here
   * stays true.
   *
   * @return those that were not there
   */
  public static List<Path> prepare(SandboxSpec spec, Path workspace) {
    List<Path> made = new ArrayList<>();
    for (ReadOnlyMount mount : spec.mounts()) {
      Optional<String> folder = workspaceFolder(mount);
      if (folder.isEmpty()) {
        continue;
      }
      Path path = workspace.resolve(folder.get());
      try {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(path);
          made.add(path);
        }
      } catch (IOException e) {
        throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot create " + path, e);
      }
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw invalid(
            "/workspace/"
                + folder.get()
                + " is not a folder, but "
                + mount.box()
                + " is to be shown in it; remove it");
      }
    }
    return made;
  }

  /** Removes what {@link #prepare} made, unless something lies in it. */
  public static void remove(List<Path> made) throws IOException {
    for (Path folder : made) {
      if (isEmptyFolder(folder)) {
        Files.delete(folder);
      }
    }
  }

  private static boolean isEmptyFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findFirst().isEmpty();
    }
  }

  private static boolean isDots(String name) {
    return name.equals(".") || name.equals("..");
  }

  private static SandboxException invalid(String message) {
    return new SandboxException(ErrorCode.INVALID_REQUEST, message);
  }
}
