package dev.paddock.manifest;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Accounts;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says before anything is made what of a manifest cannot be had here. */
public record ManifestCheck(WorkspaceManifest manifest, List<Path> extraPaths) {
  private static final String GRANT = "extra_path_grants";

  /**
   * @param extraPaths folders of this machine that the operator lets manifests show
   */
  public ManifestCheck {
    extraPaths = List.copyOf(extraPaths);
  }

  /**
   * @param local whether the manifest may name files of this machine
   * @throws ManifestException that begins with the field
   */
  public void require(boolean local) {
    if (!manifest.root().replaceFirst("/+$", "").equals(WorkspaceManifest.ROOT)) {
      throw ManifestException.wrong("root", "must be /workspace, where every sandbox has it");
    }
    for (PlacedEntry placed : manifest.placed()) {
      switch (placed.entry()) {
        case Entry.Dir dir -> {}
        case Entry.File file -> {}
        case Entry.GitRepo repo -> {}
        case Entry.LocalFile file -> requireLocal(placed, local);
        case Entry.LocalDir dir -> {
          if (dir.src().isPresent()) {
            requireLocal(placed, local);
          }
        }
        case Entry.Mount mount -> StorageRemote.check(placed, mount);
      }
    }
    accounts();
    mounts();
  }

  private static void requireLocal(PlacedEntry placed, boolean local) {
    if (!local) {
      throw noBase(placed);
    }
  }

  static ManifestException noBase(PlacedEntry placed) {
    return new ManifestException(
        ErrorCode.PERMISSION_DENIED,
        "%s: a %s is read from the server's own disk, which no client may do; send the files as a"
                .formatted(placed.field(), placed.entry().type())
            + " file entry, or name a git_repo or a mount");
  }

  /** The users and groups that programs are to find. */
  public Accounts accounts() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    manifest.groups().forEach(group -> groups.put(group.name(), group.users().orElse(List.of())));
    List<String> users = new ArrayList<>(manifest.users());
    groups
        .values()
        .forEach(members -> members.stream().filter(m -> !users.contains(m)).forEach(users::add));
    try {
      return new Accounts(users, groups);
    } catch (IllegalArgumentException e) {
      throw new ManifestException(ErrorCode.INVALID_REQUEST, "users, groups: " + e.getMessage(), e);
    }
  }

  /** The granted paths, all of them read-only. */
  public List<ReadOnlyMount> mounts() {
    List<ReadOnlyMount> mounts = new ArrayList<>();
    for (PathGrant grant : manifest.extraPathGrants()) {
      String field = Fields.item(GRANT, mounts.size());
      if (!grant.path().startsWith("/mnt/")) {
        throw ManifestException.wrong(
            Fields.field(field, "path"),
            "%s cannot be shown there; choose a path below /mnt, and give this machine's as host_path"
                .formatted(grant.path()));
      }
      mounts.add(new ReadOnlyMount(allowed(field, grant), grant.path()));
    }
    return mounts;
  }

  private Path allowed(String field, PathGrant grant) {
    Optional<Path> real = real(Path.of(grant.source()));
    boolean named =
        real.isPresent()
            && extraPaths.stream()
                .flatMap(path -> real(path).stream())
                .anyMatch(real.get()::startsWith);
    if (!named) {
      throw new ManifestException(
          ErrorCode.PERMISSION_DENIED,
          "%s: this machine's %s is not open to sandboxes; an operator opens it in config.toml: [workspace] extra_paths = [\"%s\"]"
              .formatted(field, grant.source(), grant.source()));
    }
    return real.orElseThrow();
  }

  /** Whether it exists is told to nobody who may not see it. */
  private static Optional<Path> real(Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }
}
