package dev.paddock.manifest;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.PaddockException;
import dev.paddock.sandbox.FreshTree;
import dev.paddock.sandbox.TransferLimits;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.sandbox.WorkspaceTransfer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes what a manifest names. All of it is made beside the workspace first, and only when it is
 * whole the workspace gets what it lacks of it: what fails leaves nothing, and what was cut off can
 * be done again.
 */
public final class ManifestApplication {
  private static final String PRIVATE = "rwx------";

  private final WorkspaceManifest manifest;
  private final Sources sources;
  private final Set<String> ephemeral;

  public ManifestApplication(WorkspaceManifest manifest, Sources sources) {
    this.manifest = manifest;
    this.sources = sources;
    this.ephemeral = Set.copyOf(manifest.ephemeral());
  }

  /**
   * @param staging is not there yet, on the workspace's file system; removed at the end
   * @param onlyEphemeral whether only what snapshots leave out is made
   * @throws ManifestException that begins with the field of the entry that cannot be made
   */
  public void apply(Workspace workspace, Path staging, boolean onlyEphemeral)
      throws InterruptedException {
    try {
      Path tree = folder(staging, "tree");
      try (FreshTree fresh = FreshTree.in(tree)) {
        for (PlacedEntry placed : manifest.placed()) {
          boolean wanted = !onlyEphemeral || isEphemeral(placed);
          boolean there = FreshTree.isIn(workspace, placed.path());
          if (wanted && (!there || placed.entry() instanceof Entry.Dir)) {
            make(placed, fresh, staging);
          }
        }
        fresh.into(workspace);
      }
    } catch (IOException e) {
      throw new ManifestException(
          ErrorCode.UNAVAILABLE, "cannot prepare the workspace in %s".formatted(staging), e);
    } finally {
      WorkspaceRemoval.remove(staging);
    }
  }

  /** What lies in an ephemeral folder is left out of snapshots with it. */
  private boolean isEphemeral(PlacedEntry placed) {
    String at = placed.path();
    while (!at.isEmpty() && !ephemeral.contains(at)) {
      at = ManifestPath.parent(at);
    }
    return !at.isEmpty();
  }

  /** A new one. */
  private static Path folder(Path staging, String name) throws IOException {
    Files.createDirectories(
        staging, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
    return Files.createDirectory(
        staging.resolve(Ids.next(name)),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
  }

  private void make(PlacedEntry placed, FreshTree tree, Path staging)
      throws InterruptedException, IOException {
    try {
      switch (placed.entry()) {
        case Entry.Dir dir -> tree.makeFolder(placed.path());
        case Entry.File file ->
            tree.write(
                placed.path(),
                new ByteArrayInputStream(file.content().getBytes(StandardCharsets.UTF_8)));
        case Entry.LocalFile file -> copyFile(placed, file, tree);
        case Entry.LocalDir dir -> copyFolder(placed, dir, tree, staging);
        case Entry.GitRepo repo -> checkout(placed, repo, tree, staging);
        case Entry.Mount mount -> {
          Path made = folder(staging, "mount").resolve("files");
          sources.storage().copy(placed, mount, made);
          tree.moveIn(made, placed.path());
        }
      }
      tree.setMode(placed.path(), placed.entry().traits().permissions().mode());
    } catch (ManifestException e) {
      throw e;
    } catch (PaddockException e) {
      throw new ManifestException(e.code(), placed.field() + ": " + e.getMessage(), e);
    }
  }

  private LocalBase base(PlacedEntry placed) {
    return sources.base().orElseThrow(() -> ManifestCheck.noBase(placed));
  }

  private void copyFile(PlacedEntry placed, Entry.LocalFile file, FreshTree tree)
      throws IOException {
    String field = Fields.field(placed.field(), "src");
    Path from = base(placed).file(field, file.src());
    long most = TransferLimits.DEFAULT.maxFileBytes();
    if (Files.size(from) > most) {
      throw new ManifestException(
          ErrorCode.LIMIT_EXCEEDED, "%s: a file may have %,d bytes".formatted(field, most));
    }
    try (InputStream content = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS)) {
      tree.write(placed.path(), content);
    }
  }

  private void copyFolder(PlacedEntry placed, Entry.LocalDir dir, FreshTree tree, Path staging)
      throws IOException {
    if (dir.src().isEmpty()) {
      tree.makeFolder(placed.path());
      return;
    }
    String field = Fields.field(placed.field(), "src");
    Path source = base(placed).folder(field, dir.src().get());
    Path copy = folder(staging, "copy");
    try (Workspace into = Workspace.open(copy, List.of())) {
      WorkspaceTransfer.Imported imported =
          new WorkspaceTransfer(into, TransferLimits.DEFAULT).copyIn(source);
      if (!imported.skipped().isEmpty()) {
        throw ManifestException.wrong(
            field,
            "%s cannot be copied: %s"
                .formatted(
                    imported.skipped().getFirst().path(), imported.skipped().getFirst().reason()));
      }
    }
    tree.moveIn(copy, placed.path());
  }

  private void checkout(PlacedEntry placed, Entry.GitRepo repo, FreshTree tree, Path staging)
      throws InterruptedException, IOException {
    Path work = folder(staging, "git");
    Path whole = work.resolve("repository");
    sources.git().checkout(placed, repo, whole);
    Optional<String> subpath = repo.subpath().filter(path -> !path.equals("."));
    Path wanted =
        subpath.isEmpty()
            ? whole
            : new LocalBase(whole).folder(Fields.field(placed.field(), "subpath"), subpath.get());
    tree.moveIn(wanted, placed.path());
    WorkspaceRemoval.remove(work);
  }
}
