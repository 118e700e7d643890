package dev.paddock.sandbox;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Removes a folder with everything in it and follows no link. What lies too deep is first moved to
 * the top, so that no tree takes more open files or a longer path than there may be.
 */
public final class WorkspaceRemoval {
  private static final int BATCH = 10_000;
  private static final int MAX_DEPTH = 64;
  private static final int HANDLE = Posix.O_PATH | Posix.O_DIRECTORY | Posix.O_NOFOLLOW;
  private static final int LISTED = Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW;

  private final Fd root;
  private final Deque<byte[]> moved = new ArrayDeque<>();
  private final String prefix = ".paddock-removed-" + ThreadLocalRandom.current().nextInt(1 << 30);
  private long count;

  private WorkspaceRemoval(Fd root) {
    this.root = root;
  }

  /** Removes the folder; nothing is done where nothing is. */
  public static void remove(Path folder) {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("the root folder cannot be removed");
    }
    byte[] name = RootFolder.bytesOf(folder.getFileName());
    try (Fd above =
        new Fd(Posix.open(RootFolder.bytesOf(parent), Posix.O_PATH | Posix.O_DIRECTORY))) {
      try (Fd root = open(above, name)) {
        WorkspaceRemoval removal = new WorkspaceRemoval(root);
        removal.empty(root, 0);
        while (!removal.moved.isEmpty()) {
          removal.removeMoved(removal.moved.pop());
        }
      }
      Posix.unlinkat(above.number(), name, true);
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT)) {
        throw Failure.of(folder.toString(), e);
      }
    }
  }

  /** The top's own listing may have met it already. */
  private void removeMoved(byte[] name) throws Errno {
    if (RootFolder.lstat(root.number(), name).isPresent()) {
      remove(root, name, 0);
    }
  }

  private void remove(Fd above, byte[] name, int depth) throws Errno {
    try (Fd folder = open(above, name)) {
      empty(folder, depth);
    }
    Posix.unlinkat(above.number(), name, true);
  }

  /** Its owner may have taken every permission from it. */
  private static Fd open(Fd above, byte[] name) throws Errno {
    try (Fd handle = new Fd(Posix.openat(above.number(), name, HANDLE, 0))) {
      if ((Posix.fstat(handle.number()).mode() & 0700) != 0700) {
        Posix.chmodByHandle(handle.number(), 0700);
      }
    }
    return new Fd(Posix.openat(above.number(), name, LISTED, 0));
  }

  private void empty(Fd folder, int depth) throws Errno {
    List<byte[]> files = new ArrayList<>();
    List<byte[]> folders = new ArrayList<>();
    do {
      files.clear();
      folders.clear();
      try (Fd list = new Fd(Posix.openat(folder.number(), new byte[] {'.'}, LISTED, 0))) {
        Posix.list(
            list.number(),
            (name, type) -> {
              boolean isFolder = Posix.lstat(folder.number(), name).kind() == FileKind.FOLDER;
              (isFolder ? folders : files).add(name);
              return files.size() + folders.size() < BATCH;
            });
      }
      for (byte[] name : files) {
        Posix.unlinkat(folder.number(), name, false);
      }
      for (byte[] name : folders) {
        if (depth < MAX_DEPTH) {
          remove(folder, name, depth + 1);
        } else {
          moveToTop(folder, name);
        }
      }
    } while (files.size() + folders.size() == BATCH);
  }

  private void moveToTop(Fd folder, byte[] name) throws Errno {
    open(folder, name).close();
    byte[] top = PathText.decode(prefix + "-" + count++);
    Posix.renameat(folder.number(), name, root.number(), top);
    moved.push(top);
  }
}
