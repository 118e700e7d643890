package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;

/** Puts a whole folder in its place, at once. */
public final class WorkspaceSwap {
  private WorkspaceSwap() {}

  /** Moves a folder to where nothing or an empty folder is, on the same file system. */
  static void intoPlace(Path fresh, Path target) throws IOException {
    try (Fd from = above(fresh);
        Fd to = above(target)) {
      Posix.renameat(from.number(), name(fresh), to.number(), name(target));
    } catch (Errno e) {
      if (e.is(Errno.ENOTEMPTY, Errno.EEXIST, Errno.ENOTDIR)) {
        throw new SandboxException(
            ErrorCode.CONFLICT, target + " is there already and not an empty folder", e);
      }
      throw e;
    }
  }

  /** Two folders of one file system change places. */
  public static void exchange(Path folder, Path other) {
    try (Fd from = above(folder);
        Fd to = above(other)) {
      Posix.exchange(from.number(), name(folder), to.number(), name(other));
    } catch (Errno e) {
      throw Failure.of(other.toString(), e);
    }
  }

  private static Fd above(Path path) throws Errno {
    Path parent = path.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("the root folder has no other place");
    }
    return new Fd(Posix.open(RootFolder.bytesOf(parent), Posix.O_PATH | Posix.O_DIRECTORY));
  }

  private static byte[] name(Path path) {
    return RootFolder.bytesOf(path.getFileName());
  }
}
