package dev.paddock.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the files in some folders take on the disk. No link is followed.
 *
 * @param complete false where a folder could not be looked into or lies too deep
 */
record DiskUse(long bytes, boolean complete) {
  /** So that files of nothing but a name are not free: they take the file system's own tables. */
  private static final long LEAST = 4_096;

  private static final int MAX_DEPTH = 64;
  private static final int HANDLE = Posix.O_RDONLY | Posix.O_DIRECTORY | Posix.O_NOFOLLOW;

  static DiskUse of(List<Path> folders) {
    Walk walk = new Walk();
    for (Path folder : folders) {
      try (Fd root = new Fd(Posix.open(RootFolder.bytesOf(folder), HANDLE))) {
        walk.into(root, 0);
      } catch (Errno e) {
        walk.refused(e);
      }
    }
    return new DiskUse(walk.bytes, walk.complete);
  }

  private static final class Walk {
    private long bytes;
    private boolean complete = true;

    void into(Fd folder, int depth) throws Errno {
      List<byte[]> folders = new ArrayList<>();
      Posix.list(
          folder.number(),
          (name, type) -> {
            RootFolder.lstat(folder.number(), name)
                .ifPresent(
                    stat -> {
                      bytes += Math.max(LEAST, stat.onDisk());
                      if (stat.kind() == FileKind.FOLDER) {
                        folders.add(name);
                      }
                    });
            return true;
          });
      complete &= folders.isEmpty() || depth < MAX_DEPTH;
      for (byte[] name : depth < MAX_DEPTH ? folders : List.<byte[]>of()) {
        try (Fd inside = new Fd(Posix.openat(folder.number(), name, HANDLE, 0))) {
          into(inside, depth + 1);
        } catch (Errno e) {
          refused(e);
        }
      }
    }

    /** What is gone meanwhile takes nothing. */
    void refused(Errno e) {
      complete &= e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);
    }
  }
}
