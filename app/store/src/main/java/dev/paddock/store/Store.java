package dev.paddock.store;

import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Cursors;
import dev.paddock.core.spi.Leases;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import java.nio.file.Path;

/** Everything Paddock keeps. Its methods may be called from any thread. */
public interface Store extends AutoCloseable {
  Sessions sessions();

  Resources resources();

  Leases leases();

  Cursors cursors();

  Blobs blobs();

  /** Checks a session's chain from its first event to its last. */
  Verification verify(SessionId id);

  /**
   * Takes the content of one event out of the store; its digest and link stay, and a notice in the
   * same log says who did it and why. Doing it twice changes nothing.
   *
   * @param reason at most 500 characters
   */
  void redact(SessionId session, EventId event, Principal by, String reason);

  /** Deletes old sessions and every blob that nobody refers to. */
  Pruned prune(PruneRule rule);

  /** Writes the log, the resources and the blobs to a new file, while the store is in use. */
  void backup(Path file);

  /** Waits for what is being written; subscriptions wake and end. */
  @Override
  void close();
}
