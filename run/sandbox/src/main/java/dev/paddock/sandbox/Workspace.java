package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A session's folder on this machine, as {@code /workspace} in its box, and what is mounted
 * read-only beside or in it. Nothing that runs in the box can make a read or write here reach
 * anything else: links that stay inside are followed, others are an error, and no rename while a
 * path is being opened changes that.
 */
public final class Workspace implements WorkspaceFiles, AutoCloseable {
  static final int MAX_ENTRIES = 200_000;

  private final RootFolder root;
  private final Map<String, Mount> mounts;
  private final Optional<Quota> quota;
  private final Set<String> covered = new TreeSet<>();

  /** A folder or file of this machine at an absolute path in the box. */
  private record Mount(String boxPath, RootFolder folder, String prefix) {}

  /** How much all files may take. */
  private record Quota(DiskSpace space, long maxBytes) {
    void require(long growth, String shown) {
      if (growth > 0 && space.exceeds(maxBytes - growth)) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "%s was not written: the workspace's limit is %s, and %,d bytes are used; delete files first"
                .formatted(shown, Verdict.size(maxBytes), space.used()));
      }
    }
  }

  /** Where a path of the box lies on this machine. */
  record Location(RootFolder folder, String path, boolean writable, String shown) {}

  /** A file that matched, with the path to show and to open it by. */
  record Found(String path, FileKind kind) {}

  /** What a walk found. */
  record Walked(List<Found> found, List<Skipped> skipped, boolean complete) {
    private Walked and(Walked other) {
      return new Walked(
          Stream.concat(found.stream(), other.found.stream()).toList(),
          Stream.concat(skipped.stream(), other.skipped.stream()).toList(),
          other.complete);
    }
  }

  private Workspace(RootFolder root, Map<String, Mount> mounts, Optional<Quota> quota) {
    this.root = root;
    this.quota = quota;
    this.mounts = mounts;
    for (String at : mounts.keySet()) {
      if (WorkspacePath.isIn(at, WorkspacePath.ROOT)) {
        String first = WorkspacePath.below(at, WorkspacePath.ROOT).split("/")[0];
        covered.add(WorkspacePath.join(WorkspacePath.ROOT, first));
      }
    }
  }

  /**
   * @param folder exists
   * @param readOnly absolute path in the box, such as {@code /workspace/skills/NAME}, to a folder
   *     or file of this machine
   */
  public static Workspace open(Path folder, List<ReadOnlyMount> readOnly) {
    return open(folder, readOnly, Resolver.best(WorkspacePath.ROOT));
  }

  /**
   * @param maxBytes what the workspace's files may take together; more is not written here
   */
  public static Workspace open(Path folder, List<ReadOnlyMount> readOnly, long maxBytes) {
    Quota quota;
    try {
      quota = new Quota(DiskSpace.of(List.of(folder)), maxBytes);
    } catch (IOException e) {
      throw Failure.of(folder.toString(), e);
    }
    return open(folder, readOnly, Resolver.best(WorkspacePath.ROOT), Optional.of(quota));
  }

  static Workspace open(Path folder, List<ReadOnlyMount> readOnly, Resolver resolver) {
    return open(folder, readOnly, resolver, Optional.empty());
  }

  private static Workspace open(
      Path folder, List<ReadOnlyMount> readOnly, Resolver resolver, Optional<Quota> quota) {
    RootFolder root = openFolder(folder, WorkspacePath.ROOT, resolver);
    Map<String, Mount> mounts = new TreeMap<>();
    for (ReadOnlyMount mount : readOnly) {
      Mount opened = open(mount);
      mounts.put(opened.boxPath(), opened);
    }
    return new Workspace(root, mounts, quota);
  }

  private static Mount open(ReadOnlyMount mount) {
    String at = WorkspacePath.absolute(mount.box());
    Path host = mount.host().toAbsolutePath();
    Path parent = host.getParent();
    if (parent == null || host.toFile().isDirectory()) {
      return new Mount(at, openFolder(host, at, Resolver.best(at)), "");
    }
    String above = at.substring(0, Math.max(1, at.lastIndexOf('/')));
    String name = PathText.encode(RootFolder.bytesOf(host.getFileName()));
    return new Mount(at, openFolder(parent, above, Resolver.best(above)), name);
  }

  private static RootFolder openFolder(Path folder, String boxPath, Resolver resolver) {
    try {
      return RootFolder.open(folder, boxPath, resolver);
    } catch (Errno e) {
      throw Failure.of(folder.toString(), e);
    }
  }

  @Override
  public List<String> glob(String pattern) {
    String relative = patternInWorkspace(pattern);
    Glob glob = Glob.of(relative);
    String folder = glob.folder();
    Walked walked;
    try {
      walked = walk(folder, MAX_ENTRIES, !folder.isEmpty(), path -> true);
    } catch (SandboxException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
    if (!walked.complete()) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "more than %,d files and folders lie in \"%s\"; use a pattern that names a smaller folder"
              .formatted(MAX_ENTRIES, folder.isEmpty() ? "." : folder));
    }
    return walked.found().stream()
        .filter(found -> found.kind() == FileKind.FILE)
        .map(Found::path)
        .filter(glob::matches)
        .sorted()
        .toList();
  }

  static String patternInWorkspace(String pattern) {
    if (!pattern.startsWith("/")) {
      return pattern;
    }
    if (!pattern.startsWith(WorkspacePath.ROOT + "/")) {
      throw WorkspacePath.outside(pattern);
    }
    return pattern.substring(WorkspacePath.ROOT.length() + 1);
  }

  @Override
  public byte[] read(String path, long maxBytes) {
    Location at = locate(path);
    try (FileReader file = at.folder().read(at.path(), true)) {
      long size = file.stat().size();
      if (size > maxBytes) {
        throw tooLarge(at, size, maxBytes);
      }
      return file.readNBytes((int) Math.min(size, Integer.MAX_VALUE - 8));
    } catch (IOException e) {
      throw Failure.of(at.shown(), e);
    }
  }

  private static SandboxException tooLarge(Location at, long size, long maxBytes) {
    return new SandboxException(
        ErrorCode.LIMIT_EXCEEDED,
        "%s is %,d bytes; at most %,d can be read at once".formatted(at.shown(), size, maxBytes));
  }

  @Override
  public void write(String path, byte[] bytes) {
    if (quota.isPresent()) {
      long old = stat(path).map(Stat::size).orElse(0L);
      quota.get().require(bytes.length - old, locate(path).shown());
    }
    replace(path, sink -> sink.write(bytes, bytes.length));
  }

  /** {@code LIMIT_EXCEEDED} where the files may not grow so much. */
  void requireSpace(long growth, String shown) {
    quota.ifPresent(limit -> limit.require(growth, shown));
  }

  @Override
  public void write(String path, InputStream content) {
    replace(
        path,
        sink -> {
          byte[] buffer = new byte[64 << 10];
          for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            sink.write(buffer, n);
          }
        });
  }

  @Override
  public InputStream open(String path) {
    Location at = locate(path);
    try {
      return at.folder().read(at.path(), true);
    } catch (IOException e) {
      throw Failure.of(at.shown(), e);
    }
  }

  @Override
  public Optional<Entry> entry(String path) {
    return new WorkspaceListing(this).entry(path);
  }

  @Override
  public List<Entry> list(String folder, boolean deep) {
    return new WorkspaceListing(this).list(folder, deep);
  }

  /**
   * Removes a file, or a link itself, and then the folders above it that are empty, up to {@code
   * above}. Nothing happens where nothing is.
   *
   * @param above a folder that stays
   */
  public void remove(String path, String above) {
    Location at = locate(path);
    if (!at.writable()) {
      throw new SandboxException(
          ErrorCode.READ_ONLY, at.shown() + " is read-only and cannot be removed");
    }
    String keep = locate(above).path();
    try {
      at.folder().remove(at.path(), false);
      for (String folder = parent(at.path());
          !folder.equals(keep) && folder.startsWith(keep);
          folder = parent(folder)) {
        at.folder().remove(folder, true);
      }
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ENOTEMPTY, Errno.EEXIST)) {
        throw Failure.of(at.shown(), e);
      }
    }
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /**
   * Moves a folder of this machine, from the same file system, to where nothing or an empty folder
   * is. Missing folders above are made; no link on the way is followed.
   */
  public void moveIn(Path folder, String path) {
    Location at = locate(path);
    if (!at.writable()) {
      throw new SandboxException(
          ErrorCode.READ_ONLY, at.shown() + " is read-only; choose a path below /workspace");
    }
    try {
      at.folder().moveIn(folder, at.path());
    } catch (IOException e) {
      throw Failure.of(at.shown(), e);
    }
  }

  void replace(String path, RootFolder.Content content) {
    Location at = locate(path);
    if (!at.writable()) {
      throw new SandboxException(
          ErrorCode.READ_ONLY, at.shown() + " is read-only; write to another folder");
    }
    try {
      at.folder().replace(at.path(), false, true, content);
    } catch (IOException e) {
      throw Failure.of(at.shown(), e);
    }
  }

  /** What the path leads to, through links that stay inside; empty where nothing is. */
  Optional<Stat> stat(String path) {
    Location at = locate(path);
    try {
      return Optional.of(at.folder().stat(at.path(), true));
    } catch (Errno e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR)) {
        return Optional.empty();
      }
      throw Failure.of(at.shown(), e);
    }
  }

  /** {@code PERMISSION_DENIED} for a path that is neither in the workspace nor in a mount. */
  Location locate(String path) {
    String absolute = WorkspacePath.absolute(path);
    String shown = WorkspacePath.shown(absolute);
    Optional<Mount> mount = mountAt(absolute);
    if (mount.isPresent()) {
      String below = WorkspacePath.below(absolute, mount.get().boxPath());
      return new Location(
          mount.get().folder(), WorkspacePath.join(mount.get().prefix(), below), false, shown);
    }
    if (!WorkspacePath.isIn(absolute, WorkspacePath.ROOT)) {
      throw WorkspacePath.outside(path);
    }
    String below = WorkspacePath.below(absolute, WorkspacePath.ROOT);
    return new Location(root, below, !isCovered(below), shown);
  }

  private Optional<Mount> mountAt(String absolute) {
    return mounts.values().stream()
        .filter(mount -> WorkspacePath.isIn(absolute, mount.boxPath()))
        .findFirst();
  }

  /**
   * Everything below a folder, with paths as they are shown.
   *
   * @param withMounts whether mounts below the folder are walked too
   * @param enter which folders of the workspace to look into
   */
  Walked walk(String path, int maxEntries, boolean withMounts, Predicate<String> enter) {
    String start = WorkspacePath.absolute(path);
    Optional<Mount> mount = mountAt(start);
    if (mount.isPresent()) {
      return walk(locate(path), maxEntries, folder -> true);
    }
    Walked walked = walk(locate(path), maxEntries, f -> enter.test(f) && !isCovered(f));
    for (Mount inside : mounts.values()) {
      if (withMounts && walked.complete() && WorkspacePath.isIn(inside.boxPath(), start)) {
        walked = walked.and(walk(inside, maxEntries - walked.found().size()));
      }
    }
    return walked;
  }

  private Walked walk(Mount mount, int maxEntries) {
    if (!mount.prefix().isEmpty()) {
      Found file = new Found(WorkspacePath.shown(mount.boxPath()), FileKind.FILE);
      return new Walked(List.of(file), List.of(), true);
    }
    return walk(locate(mount.boxPath()), maxEntries, folder -> true);
  }

  private static Walked walk(Location at, int maxEntries, Predicate<String> enter) {
    try {
      TreeListing listing = TreeListing.of(at.folder(), at.path(), true, maxEntries, enter);
      String base = at.shown().equals(".") ? "" : at.shown();
      int cut = at.path().isEmpty() ? 0 : at.path().length() + 1;
      List<Found> found =
          listing.entries().stream()
              .map(e -> new Found(WorkspacePath.join(base, e.path().substring(cut)), e.kind()))
              .toList();
      return new Walked(found, listing.skipped(), listing.complete());
    } catch (Errno e) {
      throw Failure.of(at.shown(), e);
    }
  }

  /**
   * Whether a path relative to the workspace lies where the box sees something else: a mount covers
   * the whole folder of the workspace that it lies in.
   */
  boolean isCovered(String path) {
    String absolute = WorkspacePath.join(WorkspacePath.ROOT, path);
    return covered.stream().anyMatch(folder -> WorkspacePath.isIn(absolute, folder));
  }

  RootFolder root() {
    return root;
  }

  @Override
  public void close() {
    List<RootFolder> folders =
        new ArrayList<>(mounts.values().stream().map(Mount::folder).toList());
    folders.add(root);
    for (RootFolder folder : folders) {
      try {
        folder.close();
      } catch (Errno e) {
        throw Failure.of("the workspace", e);
      }
    }
  }
}
