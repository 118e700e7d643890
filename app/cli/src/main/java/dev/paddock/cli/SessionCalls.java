package dev.paddock.cli;

import dev.paddock.agent.Replay;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionId;
import dev.paddock.node.Delivery;
import dev.paddock.node.KeptSnapshot;
import dev.paddock.store.PruneRule;
import dev.paddock.store.Pruned;
import dev.paddock.store.Verification;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What can be done with sessions: those of this home, or of a server. */
interface SessionCalls extends AutoCloseable {
  /** The newest first. */
  List<SessionRow> list(int limit) throws InterruptedException;

  /** Gives out the log as it stands. */
  void read(SessionId session, Consumer<ShownEvent> each) throws InterruptedException;

  EventFeed follow(SessionId session) throws InterruptedException;

  /** Appends a message, and says by which id. */
  String send(SessionId session, String text) throws InterruptedException;

  void stop(SessionId session) throws InterruptedException;

  /** What the agent left, written to {@code out} where that is given. */
  Delivery files(SessionId session, Optional<Path> out) throws InterruptedException;

  /** A new session that begins as this one did, up to an event, else to its end. */
  SessionId fork(SessionId session, Optional<EventId> at);

  /** Keeps a session's files as they are now. */
  KeptSnapshot snapshot(SessionId session, Optional<Path> out);

  /** Puts a snapshot's files in the place of a session's own. */
  void restore(SessionId session, String snapshot);

  /** The newest first. */
  List<KeptSnapshot> snapshots(int limit);

  void deleteSnapshot(String snapshot);

  Replay.Report replay(SessionId session);

  Verification verify(SessionId session);

  void delete(SessionId session) throws InterruptedException;

  Pruned prune(PruneRule rule);

  @Override
  void close();
}
