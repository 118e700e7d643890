package dev.paddock.core.spi;

import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The files of a session's workspace, by paths relative to it. No link leads out: a path that
 * leaves the workspace is an error. Where a workspace can only be globbed, read and written, the
 * other methods are {@code PART_MISSING}.
 */
public interface WorkspaceFiles {
  /** Regular files that match, sorted by path. */
  List<String> glob(String pattern);

  /** {@code LIMIT_EXCEEDED} when the file is larger. */
  byte[] read(String path, long maxBytes);

  /** Creates missing folders; replaces the file at once or not at all. */
  void write(String path, byte[] bytes);

  /** Like {@link #write(String, byte[])}, for content that need not fit in memory. */
  default void write(String path, InputStream content) {
    throw missing("written in pieces");
  }

  /** A regular file's bytes, as many as it has now; {@code NOT_FOUND} when there is none. */
  default InputStream open(String path) throws IOException {
    throw missing("read in pieces");
  }

  /** What the path leads to; empty where nothing is. */
  default Optional<Entry> entry(String path) {
    throw missing("looked at");
  }

  /**
   * The files and folders in a folder, sorted by path; {@code NOT_FOUND} for no folder, {@code
   * LIMIT_EXCEEDED} for more than one can look through.
   *
   * @param deep whether folders below it are looked into
   */
  default List<Entry> list(String folder, boolean deep) {
    throw missing("listed");
  }

  private static CoreException missing(String what) {
    return new CoreException(
        ErrorCode.PART_MISSING, "the files of this workspace cannot be " + what);
  }

  /**
   * A file or a folder.
   *
   * @param path relative to the workspace; empty for the workspace itself
   * @param size in bytes, 0 for a folder
   */
  record Entry(String path, boolean isFolder, long size, Instant modified) {}
}
