package dev.paddock.store;

import dev.paddock.core.spi.Append.Durability;
import java.sql.SQLException;

/** The one connection of a process that writes. One thread at a time. */
interface WriteConnection extends AutoCloseable {
  /** The connection of the transaction that was begun. */
  SqlConnection sql();

  /**
   * Begins a transaction and keeps every other writer out until its end; false when another process
   * may have written since the last one.
   */
  boolean begin(Durability durability) throws SQLException;

  /** False when it is certain that nothing was committed, so that the work may run again. */
  boolean commit() throws SQLException;

  /** Ends a transaction that failed, if it has not ended by itself. */
  void rollback() throws SQLException;

  @Override
  void close() throws SQLException;

  /**
   * Whether a transaction of that durability waits for neither disk nor network, so that a virtual
   * thread may do it: it would keep its carrier waiting, or break the connection when interrupted.
   */
  boolean waitsForNothing(Durability durability);
}
