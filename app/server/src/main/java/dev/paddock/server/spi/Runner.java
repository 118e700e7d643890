package dev.paddock.server.spi;

import dev.paddock.core.SessionId;
import dev.paddock.core.spi.WorkspaceFiles;
import java.time.Duration;

/** Runs sessions in the background. */
public interface Runner {
  /**
   * Sees to it that the session is looked at soon, here or by the node that runs it; returns at
   * once. To be called after every append from outside.
   */
  void wake(SessionId id);

  /**
   * Waits until nothing runs the session, cutting off what runs, and ends its sandbox with every
   * process in it. Its files stay.
   *
   * @return false when it did not end within {@code wait}
   */
  boolean stop(SessionId id, Duration wait) throws InterruptedException;

  /** {@link #stop}, then deletes the session, its threads, its log and its files. */
  void delete(SessionId id) throws InterruptedException;

  /** Deletes a workspace that sessions shared. */
  void deleteWorkspace(String workspace);

  /** Files of a workspace that sessions share, for reading and writing from outside. */
  WorkspaceFiles workspaceFiles(String workspace);
}
