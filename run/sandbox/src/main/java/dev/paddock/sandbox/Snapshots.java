package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.ProcessFolder;
import dev.paddock.core.Sha256;
import dev.paddock.core.spi.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Keeps workspaces in the store and brings them back. What was stored before is not stored again,
 * and a workspace that was brought back is whole or is not there.
 */
public final class Snapshots implements AutoCloseable {
  private static final long MAX_MANIFEST = 256L << 20;
  private static final String WORK = "restoring-";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Blobs blobs;
  private final SnapshotLimits limits;
  private final ProcessFolder work;

  /**
   * @param work where trees are made before they get their place, on the workspaces' file system;
   *     what dead processes left there is removed
   */
  public Snapshots(Blobs blobs, Path work, SnapshotLimits limits) {
    this.blobs = blobs;
    this.limits = limits;
    try {
      Files.createDirectories(work);
      this.work = ProcessFolder.create(work, WORK, WorkspaceRemoval::remove);
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "cannot make a folder for restored workspaces in " + work, e);
    }
  }

  /**
   * Removes what dead processes left of workspaces that they were bringing back.
   *
   * @return of how many processes
   */
  public static int sweep(Path work) {
    return RunFolder.sweep(work, WORK, WorkspaceRemoval::remove);
  }

  /**
   * Stores the workspace as it is; commands should not run meanwhile. What is mounted into it,
   * pipes, sockets and devices are left out.
   */
  public Snapshot take(Workspace workspace) {
    return take(workspace, List.of());
  }

  /**
   * @param ephemeral folders of the workspace that are left out, as they belong to someone else
   */
  public Snapshot take(Workspace workspace, List<String> ephemeral) {
    try {
      return take(workspace.root(), outside(workspace, ephemeral));
    } catch (IOException e) {
      throw Failure.of("the snapshot", e);
    }
  }

  private static Predicate<String> outside(Workspace workspace, List<String> ephemeral) {
    Set<String> left = Set.copyOf(ephemeral);
    return path -> workspace.isCovered(path) || isIn(path, left);
  }

  private static boolean isIn(String path, Set<String> folders) {
    String at = path;
    while (!at.isEmpty() && !folders.contains(at)) {
      at = TreeEntry.parent(at);
    }
    return !at.isEmpty();
  }

  private Snapshot take(RootFolder root, Predicate<String> covered) throws IOException {
    try (PartsOutput parts = new PartsOutput(blobs)) {
      TarWriter tar = new TarWriter(parts);
      TreeScan.Scanned scanned =
          TreeScan.of(
              root,
              covered,
              limits,
              (entry, content) -> {
                boolean large = entry.size() >= PartsOutput.LARGE;
                if (large) {
                  parts.cut();
                }
                tar.put(entry, content);
                if (large || (parts.pending() >= PartsOutput.LEAST && isCut(entry))) {
                  parts.cut();
                }
              });
      tar.finish();
      List<PartsOutput.Stored> stored = parts.finish();
      SnapshotManifest manifest =
          SnapshotManifest.of(scanned, stored.stream().map(PartsOutput.Stored::part).toList());
      byte[] compressed = manifest.compressed();
      boolean known = blobs.contains(Sha256.hex(compressed));
      String digest = blobs.put(compressed);
      long added = stored.stream().mapToLong(PartsOutput.Stored::added).sum();
      return new Snapshot(digest, manifest, added + (known ? 0 : compressed.length));
    }
  }

  /**
   * Where a part ends depends on nothing before it, so that a change moves no other part's end. The
   * more an entry takes, the likelier it is the last one.
   */
  private static boolean isCut(TreeEntry entry) {
    int hash = entry.path().hashCode();
    hash = (hash ^ hash >>> 16) * 0x85ebca6b; // MurmurHash3's last step
    hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
    return Integer.remainderUnsigned(hash ^ hash >>> 16, PartsOutput.USUAL) <= entry.size() + 1024;
  }

  /** {@code NOT_FOUND} where the store has none with the digest. */
  public Snapshot find(String digest) {
    byte[] manifest =
        blobs
            .read(digest, MAX_MANIFEST)
            .orElseThrow(
                () ->
                    new SandboxException(
                        ErrorCode.NOT_FOUND, "the store has no snapshot " + digest));
    if (!Sha256.hex(manifest).equals(digest)) {
      throw new SandboxException(
          ErrorCode.CORRUPT, "the manifest of snapshot %s has another digest".formatted(digest));
    }
    return new Snapshot(digest, SnapshotManifest.read(manifest, limits), 0);
  }

  /** Whether all of its bytes are in the store. */
  public boolean isWhole(Snapshot snapshot) {
    return snapshot.blobs().stream().allMatch(blobs::contains);
  }

  /**
   * Brings a snapshot back to where nothing or an empty folder is, and proves that it is all there.
   */
  public Snapshot restore(String digest, Path target) {
    Snapshot snapshot = find(digest);
    place(target, making -> write(snapshot.manifest(), making));
    return snapshot;
  }

  /** A second workspace with the same files; nothing is stored. */
  public void copy(Workspace from, List<String> ephemeral, Path target) {
    place(
        target,
        making -> {
          try (TreeWriter writer = new TreeWriter(making)) {
            TreeScan.Scanned scanned =
                TreeScan.of(from.root(), outside(from, ephemeral), limits, writer);
            writer.finish();
            RestoreProof.require(scanned.entries(), scan(making));
          }
        });
  }

  @FunctionalInterface
  private interface Making {
    void fill(RootFolder folder) throws IOException;
  }

  private void place(Path target, Making making) {
    Path fresh = work.path().resolve(Ids.next("tree"));
    try {
      Files.createDirectory(fresh, PRIVATE);
      try (RootFolder root = RootFolder.open(fresh)) {
        making.fill(root);
      }
      WorkspaceSwap.intoPlace(fresh, target);
    } catch (IOException e) {
      throw Failure.of(target.toString(), e);
    } finally {
      WorkspaceRemoval.remove(fresh);
    }
  }

  private void write(SnapshotManifest manifest, RootFolder folder) throws IOException {
    try (TreeWriter writer = new TreeWriter(folder);
        InputStream parts = new PartsInput(blobs, manifest.parts())) {
      TarReader tar = new TarReader(parts);
      Iterator<TreeEntry> wanted = manifest.entries().iterator();
      for (Optional<TreeEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
        if (!wanted.hasNext() || !wanted.next().header().equals(next.get())) {
          throw new SandboxException(
              ErrorCode.CORRUPT,
              "the snapshot's archive holds %s, which its manifest does not have there"
                  .formatted(next.get().path()));
        }
        writer.put(next.get(), tar.content());
      }
      writer.finish();
    }
    RestoreProof.require(manifest.entries(), scan(folder));
  }

  private TreeScan.Scanned scan(RootFolder folder) throws IOException {
    return TreeScan.of(folder, path -> false, limits, TreeSink.DIGESTS);
  }

  /** Writes a snapshot as one file, which {@code zstd -d} and {@code tar} read. */
  public void export(String digest, OutputStream out) throws IOException {
    for (SnapshotManifest.Part part : find(digest).manifest().parts()) {
      out.write(PartsInput.frame(blobs, part));
    }
  }

  /**
   * Takes in an archive from anywhere, tar in zstd. {@code INVALID_REQUEST} for one that tries
   * anything but plain files, folders and links among them; {@code LIMIT_EXCEEDED}, {@code
   * CORRUPT}.
   */
  public Snapshot take(InputStream archive) {
    Path fresh = work.path().resolve(Ids.next("tree"));
    try {
      Files.createDirectory(fresh, PRIVATE);
      try (Workspace folder = Workspace.open(fresh, List.of())) {
        ForeignArchive.unpack(archive, folder.root(), limits);
        return take(folder);
      }
    } catch (IOException e) {
      throw Failure.of("the archive", e);
    } finally {
      WorkspaceRemoval.remove(fresh);
    }
  }

  @Override
  public void close() {
    try {
      work.remove();
    } catch (IOException e) {
      throw Failure.of(work.path().toString(), e);
    }
  }
}
