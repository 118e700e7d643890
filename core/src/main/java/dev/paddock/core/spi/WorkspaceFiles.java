package dev.paddock.core.spi;

import java.util.List;

/**
 * The files of a session's workspace, by paths relative to it. No link leads out: a path that
 * leaves the workspace is an error.
 */
public interface WorkspaceFiles {
  /** Regular files that match, sorted by path. */
  List<String> glob(String pattern);

  /** {@code LIMIT_EXCEEDED} when the file is larger. */
  byte[] read(String path, long maxBytes);

  /** Creates missing folders; replaces the file at once or not at all. */
  void write(String path, byte[] bytes);
}
