package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings files into a workspace and out again. No link is followed on either side, the source
 * folder is never changed, and what is left behind is named.
 */
public final class WorkspaceTransfer {
  /** What lies in here is written without this prefix. */
  private static final String OUTPUTS = "outputs/";

  private final Workspace workspace;
  private final TransferLimits limits;

  public WorkspaceTransfer(Workspace workspace, TransferLimits limits) {
    this.workspace = workspace;
    this.limits = limits;
  }

  /** What came in. */
  public record Imported(Manifest manifest, List<Skipped> skipped) {}

  /**
   * A file that was written.
   *
   * @param from path in the workspace
   * @param to path in the target folder
   */
  public record Written(String from, String to, long size, boolean replaced) {}

  /**
   * What went out.
   *
   * @param yielded files that were not written because one in {@code outputs/} took their place
   */
  public record Exported(List<Written> written, List<String> yielded, List<Skipped> skipped) {}

  /**
   * Copies a folder's regular files and folders into the workspace, with modification time and the
   * owner's right to execute. {@code LIMIT_EXCEEDED} where it holds too much, before anything is
   * copied.
   */
  public Imported copyIn(Path source) {
    try (RootFolder in = RootFolder.open(source)) {
      TreeListing listing =
          TreeListing.of(
              in, "", false, limits.maxEntries(), folder -> !workspace.isCovered(folder));
      if (!listing.complete()) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "%s holds more than %,d files and folders; choose a smaller folder"
                .formatted(source, limits.maxEntries()));
      }
      List<Skipped> skipped = new ArrayList<>(listing.skipped());
      List<TreeListing.Entry> wanted = new ArrayList<>();
      for (TreeListing.Entry entry : listing.entries()) {
        Optional<String> reason = reasonToSkip(entry);
        reason.ifPresentOrElse(
            why -> skipped.add(new Skipped(entry.path(), why)), () -> wanted.add(entry));
      }
      requireWithinLimits(source, in, wanted);
      return new Imported(copyAll(in, wanted, skipped), skipped);
    } catch (IOException e) {
      throw Failure.of(source.toString(), e);
    }
  }

  private Optional<String> reasonToSkip(TreeListing.Entry entry) {
    if (workspace.isCovered(entry.path())) {
      return Optional.of("the box has something else mounted there");
    }
    return switch (entry.kind()) {
      case FILE ->
          unfinished(entry.path()) ? Optional.of("a write that was cut off") : Optional.empty();
      case FOLDER -> Optional.empty();
      case LINK -> Optional.of("links are not followed");
      case PIPE, SOCKET, DEVICE -> Optional.of("it is " + entry.kind().text());
    };
  }

  private static boolean unfinished(String path) {
    return path.startsWith(RootFolder.UNFINISHED, path.lastIndexOf('/') + 1);
  }

  private void requireWithinLimits(Path source, RootFolder in, List<TreeListing.Entry> entries)
      throws Errno {
    long total = 0;
    for (TreeListing.Entry entry : entries) {
      if (entry.kind() == FileKind.FILE) {
        long size = in.stat(entry.path(), false).size();
        total += size;
        if (size > limits.maxFileBytes()) {
          throw new SandboxException(
              ErrorCode.LIMIT_EXCEEDED,
              "%s in %s has %,d bytes; a file may have %,d"
                  .formatted(entry.path(), source, size, limits.maxFileBytes()));
        }
      }
    }
    if (total > limits.maxBytes()) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "%s holds %,d bytes; a workspace may hold %,d; choose a smaller folder"
              .formatted(source, total, limits.maxBytes()));
    }
  }

  private Manifest copyAll(RootFolder in, List<TreeListing.Entry> entries, List<Skipped> skipped)
      throws IOException {
    Map<String, Manifest.Entry> files = new TreeMap<>();
    for (TreeListing.Entry entry : entries) {
      String path = entry.path();
      if (entry.kind() == FileKind.FOLDER) {
        workspace.root().createFolders(path);
        continue;
      }
      try (FileReader from = in.read(path, false)) {
        FileCopy copy = FileCopy.of(from, workspace.root(), path);
        files.put(path, Manifest.Entry.of(copy.stat(), copy.sha256()));
      } catch (Errno e) {
        if (!e.is(Errno.EACCES, Errno.ENOENT, Errno.ELOOP)) {
          throw Failure.of(path, e);
        }
        skipped.add(Skipped.of(path, e));
      } catch (NotAFile e) {
        skipped.add(Skipped.of(path, e));
      }
    }
    return new Manifest(files);
  }

  /** The workspace's files as they are now. */
  public Manifest snapshot() {
    Map<String, Manifest.Entry> files = new TreeMap<>();
    TreeListing listing = listing();
    for (TreeListing.Entry entry : listing.entries()) {
      if (reasonToSkip(entry).isEmpty() && entry.kind() == FileKind.FILE) {
        try (FileReader file = workspace.root().read(entry.path(), false)) {
          files.put(entry.path(), Manifest.Entry.of(file.stat(), FileCopy.sha256(file)));
        } catch (IOException e) {
          throw Failure.of(entry.path(), e);
        }
      }
    }
    return new Manifest(files);
  }

  private TreeListing listing() {
    try {
      return TreeListing.of(
          workspace.root(),
          "",
          false,
          Workspace.MAX_ENTRIES,
          folder -> !workspace.isCovered(folder));
    } catch (Errno e) {
      throw Failure.of("the workspace", e);
    }
  }

  /**
   * Compares the workspace with an earlier manifest. A file whose times say that nothing touched it
   * is taken as it was, every other one is compared by its content.
   */
  public WorkspaceChanges changesSince(Manifest start) {
    TreeListing listing = listing();
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>(listing.skipped());
    Set<String> present = new HashSet<>();
    for (TreeListing.Entry entry : listing.entries()) {
      if (workspace.isCovered(entry.path())
          || entry.kind() == FileKind.FOLDER
          || entry.path().startsWith(LocalHands.RESULTS)) {
        continue;
      }
      String path = entry.path();
      Optional<String> reason = reasonToSkip(entry);
      if (reason.isPresent()) {
        skipped.add(new Skipped(path, reason.get()));
        continue;
      }
      present.add(path);
      Optional<Manifest.Entry> before = Optional.ofNullable(start.files().get(path));
      if (before.isEmpty()) {
        added.add(path);
      } else if (differs(path, before.get(), skipped)) {
        changed.add(path);
      }
    }
    if (!listing.complete()) {
      skipped.add(
          new Skipped(
              "…",
              "more than %,d files and folders; the rest was not looked at"
                  .formatted(Workspace.MAX_ENTRIES)));
    }
    List<String> deleted =
        start.files().keySet().stream()
            .filter(path -> listing.complete() && !present.contains(path))
            .filter(
                path -> listing.skipped().stream().noneMatch(s -> path.startsWith(s.path() + "/")))
            .toList();
    return new WorkspaceChanges(
        added.stream().sorted().toList(), changed.stream().sorted().toList(), deleted, skipped);
  }

  private boolean differs(String path, Manifest.Entry before, List<Skipped> skipped) {
    try (FileReader file = workspace.root().read(path, false)) {
      Stat now = file.stat();
      return !before.untouched(now)
          && (now.size() != before.size()
              || now.executable() != before.executable()
              || !FileCopy.sha256(file).equals(before.sha256()));
    } catch (IOException e) {
      skipped.add(Skipped.of(path, e));
    }
    return false;
  }

  /**
   * Writes added and changed files to a folder, which is made if missing; each replaces what was
   * there at once. Those in {@code outputs/} go first and without that prefix. What programs of the
   * user would act on unasked is left out.
   *
   * @param source the folder that came in: nothing is written into it, even where it lies in the
   *     target
   */
  public Exported copyOut(WorkspaceChanges changes, Path target, Optional<Path> source) {
    TransferFolders.preflight(source, Optional.of(target));
    List<Written> written = new ArrayList<>();
    List<String> yielded = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>(changes.skipped());
    try {
      Files.createDirectories(target);
      Optional<String> kept = source.flatMap(in -> TransferFolders.below(target, in));
      ProtectedPaths protection = ProtectedPaths.in(target);
      try (RootFolder out = RootFolder.open(target)) {
        Set<String> taken = new HashSet<>();
        for (String from : outputsFirst(changes.addedOrChanged())) {
          String to = from.startsWith(OUTPUTS) ? from.substring(OUTPUTS.length()) : from;
          Optional<String> unasked = protection.reason(to);
          if (unasked.isPresent()) {
            skipped.add(new Skipped(from, unasked.get()));
          } else if (kept.isPresent() && WorkspacePath.isIn(to, kept.get())) {
            skipped.add(
                new Skipped(from, "its place is in the input folder, which is never changed"));
          } else if (taken.add(to)) {
            write(from, out, to, written, skipped);
          } else {
            yielded.add(from);
          }
        }
      }
    } catch (IOException e) {
      throw Failure.of(target.toString(), e);
    }
    return new Exported(written, yielded, skipped);
  }

  private static List<String> outputsFirst(List<String> paths) {
    List<String> ordered =
        new ArrayList<>(paths.stream().filter(p -> p.startsWith(OUTPUTS)).toList());
    paths.stream().filter(p -> !p.startsWith(OUTPUTS)).forEach(ordered::add);
    return ordered;
  }

  private void write(
      String from, RootFolder out, String to, List<Written> written, List<Skipped> skipped)
      throws IOException {
    try (FileReader file = workspace.root().read(from, false)) {
      boolean replaced = exists(out, to);
      FileCopy copy = FileCopy.of(file, out, to);
      written.add(new Written(from, to, copy.stat().size(), replaced));
    } catch (NotAFile e) {
      skipped.add(Skipped.of(from, e));
    } catch (Errno e) {
      if (e.is(Errno.ENOSPC, Errno.EDQUOT, Errno.EIO, Errno.EROFS)) {
        throw Failure.of(to, e);
      }
      skipped.add(Skipped.of(from, e));
    }
  }

  private static boolean exists(RootFolder out, String path) throws Errno {
    try {
      out.stat(path, false);
      return true;
    } catch (Errno e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return false;
      }
      throw e;
    }
  }
}
