package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Files that are made beside a workspace and then put into it. Nothing is written through a link.
 */
public final class FreshTree implements AutoCloseable {
  private static final int OWNER_ALL = 0700;
  private static final int MODE = 0777;

  private final Path folder;
  private final RootFolder root;
  private final Map<String, Integer> modes = new TreeMap<>();

  private FreshTree(Path folder, RootFolder root) {
    this.folder = folder;
    this.root = root;
  }

  /**
   * @param folder exists, is empty, and lies on the workspace's file system
   */
  public static FreshTree in(Path folder) {
    try {
      return new FreshTree(folder, RootFolder.open(folder));
    } catch (Errno e) {
      throw Failure.of(folder.toString(), e);
    }
  }

  public void makeFolder(String path) {
    try {
      root.createFolders(path);
    } catch (IOException e) {
      throw Failure.of(path, e);
    }
  }

  /** Writes a file, making the folders above it; it takes the place of one that is there. */
  public void write(String path, InputStream content) {
    try {
      root.replace(path, false, false, sink -> copy(content, sink));
    } catch (IOException e) {
      throw Failure.of(path, e);
    }
  }

  private static void copy(InputStream content, FileWriter sink) throws IOException {
    byte[] buffer = new byte[64 << 10];
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      sink.write(buffer, n);
    }
  }

  /** Moves a folder of this machine in, from the same file system. */
  public void moveIn(Path made, String path) {
    try {
      root.moveIn(made, path);
    } catch (IOException e) {
      throw Failure.of(path, e);
    }
  }

  /** Whether a workspace has something at a path, with no link on the way. */
  public static boolean isIn(Workspace workspace, String path) {
    try {
      return kind(workspace.root(), path).isPresent();
    } catch (Errno e) {
      throw Failure.of(path, e);
    }
  }

  /** The permissions that a file or folder of the tree gets. */
  public void setMode(String path, int mode) {
    modes.put(path, mode & MODE);
  }

  /**
   * Moves what the workspace lacks into it; what it has already stays as it is. {@code
   * LIMIT_EXCEEDED} before anything is moved, where it has no room for it.
   */
  public void into(Workspace workspace) {
    try {
      workspace.requireSpace(size(), "what the manifest names");
      // only a folder that its owner may write to can be moved
      setModes(root, mode -> true, OWNER_ALL);
      move("", workspace);
      setModes(workspace.root(), mode -> (mode & OWNER_ALL) != OWNER_ALL, 0);
    } catch (IOException e) {
      throw Failure.of("what the manifest names", e);
    }
  }

  private long size() throws IOException {
    TreeListing all = TreeListing.of(root, "", false, Workspace.MAX_ENTRIES, entered -> true);
    if (!all.complete()) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "the manifest names more than %,d files and folders".formatted(Workspace.MAX_ENTRIES));
    }
    long size = 0;
    for (TreeListing.Entry entry : all.entries()) {
      if (entry.kind() == FileKind.FILE) {
        size += root.stat(entry.path(), false).size();
      }
    }
    return size;
  }

  /** Of folders, what is in them first. */
  private void setModes(RootFolder in, IntPredicate wanted, int folderBits) throws IOException {
    for (String path : new TreeMap<>(modes).descendingKeySet()) {
      int mode = modes.getOrDefault(path, MODE);
      Optional<FileKind> kind = kind(in, path);
      boolean plain =
          kind.filter(found -> found == FileKind.FILE || found == FileKind.FOLDER).isPresent();
      if (plain && wanted.test(mode)) {
        in.setMode(path, kind.orElseThrow() == FileKind.FOLDER ? mode | folderBits : mode);
      }
    }
  }

  private void move(String from, Workspace workspace) throws IOException {
    List<String> names = new ArrayList<>();
    root.list(from, false, (name, kind) -> names.add(name));
    for (String name : names) {
      String path = WorkspacePath.join(from, name);
      if (workspace.isCovered(path)) {
        throw new SandboxException(
            ErrorCode.READ_ONLY,
            path + " is where the box shows something else; choose another folder");
      }
      Optional<FileKind> there = kind(workspace.root(), path);
      if (there.isEmpty()) {
        workspace.root().moveFrom(root, path, path);
      } else if (there.get() == FileKind.FOLDER
          && kind(root, path).filter(FileKind.FOLDER::equals).isPresent()) {
        modes.remove(path);
        move(path, workspace);
      } else {
        modes.keySet().removeIf(moded -> WorkspacePath.isIn(moded, path));
      }
    }
  }

  private static Optional<FileKind> kind(RootFolder in, String path) throws Errno {
    try {
      return Optional.of(in.stat(path, false).kind());
    } catch (Errno e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      root.close();
    } catch (Errno e) {
      throw Failure.of(folder.toString(), e);
    }
  }
}
