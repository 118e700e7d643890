package dev.paddock.store;

import dev.paddock.core.EventId;
import java.sql.SQLException;

/** A database as the store's parts see it. Its text names it in messages. */
interface Database {
  Dialect dialect();

  SqlConnection openReader() throws SQLException;

  /** What a query sees is one state of the database, however long it takes. */
  <T> T snapshot(SqlConnection sql, Readers.Query<T> query) throws SQLException;

  /** A connection for {@link #version} and {@link #awaitCommit}. */
  SqlConnection openWatcher() throws SQLException;

  /** Another number whenever another process has committed. */
  long version(SqlConnection watcher) throws SQLException;

  /** Waits a moment for a commit of another process; false when nobody is subscribed any more. */
  boolean awaitCommit(SqlConnection watcher, Changes changes)
      throws SQLException, InterruptedException;

  /** Milliseconds since 1970 by the clock that all who share the database go by. */
  long now(SqlConnection sql) throws SQLException;

  /** Takes away copies that a redaction left, as far as that can be done at once. */
  void clearCopies(EventId event);

  /** Gives some space of deleted rows back to the disk; false when there is no more to give. */
  boolean giveBackSpace(Transaction tx) throws SQLException;

  /** Whether the connection is gone. */
  boolean isLost(SQLException e);

  StoreException translate(SQLException e);
}
