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
          removal.remove(root, removal.moved.pop(), 0);
        }
      }
      unlink(above, name, true);
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT)) {
        throw Failure.of(folder.toString(), e);
      }
    }
  }

  private void remove(Fd above, byte[] name, int depth) throws Errno {
    try (Fd folder = open(above, name)) {
      empty(folder, depth);
    } catch (Errno e) {
      requireGone(e);
    }
    unlink(above, name, true);
  }

  private static void unlink(Fd folder, byte[] name, boolean isFolder) throws Errno {
    try {
      Posix.unlinkat(folder.number(), name, isFolder);
    } catch (Errno e) {
      requireGone(e);
    }
  }

  /** Another thread may remove the same, and the top's own listing what was moved there. */
  private static void requireGone(Errno e) throws Errno {
    if (!e.is(Errno.ENOENT)) {
      throw e;
    }
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
              RootFolder.lstat(folder.number(), name)
                  .ifPresent(stat -> (stat.kind() == FileKind.FOLDER ? folders : files).add(name));
              return files.size() + folders.size() < BATCH;
            });
      }
      for (byte[] name : files) {
        unlink(folder, name, false);
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
    byte[] top = PathText.decode(prefix + "-" + count++);
    try {
      open(folder, name).close();
      Posix.renameat(folder.number(), name, root.number(), top);
      moved.push(top);
    } catch (Errno e) {
      requireGone(e);
    }
  }
}
