package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Append.Durability;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes to PostgreSQL. Whoever writes holds the one row of {@code turn} until its commit is
 * visible, so positions become visible in their order, and what one transaction checks stays true
 * until its end. Every commit waits for the server's disk.
 */
final class PostgresWriteConnection implements WriteConnection {
  /** Wakes the other nodes too, at the commit. */
  private static final String TAKE_TURN =
      "WITH taken AS (UPDATE turn SET number = number + 1 RETURNING number)"
          + " SELECT number, CAST(pg_current_xact_id() AS TEXT), pg_notify('paddock', '') FROM taken";

  private static final long RETRY_NANOS = 50_000_000;

  private final PostgresDatabase database;
  private final Duration patience;
  private Optional<SqlConnection> open = Optional.empty();
  private Turn turn = NONE;

  PostgresWriteConnection(PostgresDatabase database) {
    this(database, PostgresDatabase.PATIENCE);
  }

  /** {@code patience} is how long to ask a server that is away for the outcome of a commit. */
  PostgresWriteConnection(PostgresDatabase database, Duration patience) {
    this.database = database;
    this.patience = patience;
  }

  /** The number of a transaction among all, and the server's own id of it. */
  private record Turn(long number, String transaction) {}

  /** After a transaction that was undone: its number may have become another node's. */
  private static final Turn NONE = new Turn(-1, "");

  @Override
  public SqlConnection sql() {
    return open.orElseThrow();
  }

  @Override
  public boolean begin(Durability durability) throws SQLException {
    Turn before = turn;
    turn = NONE;
    if (open.isPresent()) {
      try {
        turn = take(open.get());
        return turn.number() == before.number() + 1;
      } catch (SQLException e) {
        // Nothing was begun: what an idle connection says that is gone is no failure yet.
        if (!database.isLost(e)) {
          throw e;
        }
        drop();
      }
    }
    SqlConnection sql = database.openWriter();
    open = Optional.of(sql);
    sql.jdbc().setAutoCommit(false);
    turn = take(sql);
    return turn.number() == before.number() + 1;
  }

  private static Turn take(SqlConnection sql) throws SQLException {
    return sql.first(TAKE_TURN, row -> new Turn(row.getLong(1), row.getString(2)))
        .orElseThrow(() -> new SQLException("the table turn has lost its row", "XX001"));
  }

  @Override
  public boolean commit() throws SQLException {
    Turn done = turn;
    turn = NONE;
    try {
      sql().jdbc().commit();
      turn = done;
      return true;
    } catch (SQLException e) {
      if (!database.isLost(e)) {
        throw e;
      }
      drop();
      if (wasCommitted(done.transaction(), e)) {
        turn = done;
        return true;
      }
      return false;
    }
  }

  /** The acknowledgement was lost: the server knows the outcome, as soon as it answers again. */
  private boolean wasCommitted(String transaction, SQLException lost) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try (SqlConnection sql = database.openWriter()) {
        Optional<String> status = sql.inTransaction(() -> statusAfterTurn(sql, transaction));
        if (status.isPresent()) {
          return status.get().equals("committed");
        }
        throw unknown(lost);
      } catch (SQLException e) {
        lost.addSuppressed(e);
        if (!database.isLost(e) || System.nanoTime() > deadline) {
          throw unknown(lost);
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  /** The row is free only when the transaction in doubt has ended. */
  private static Optional<String> statusAfterTurn(SqlConnection sql, String transaction)
      throws SQLException {
    sql.first("SELECT number FROM turn FOR UPDATE", row -> true);
    return sql.first(
            "SELECT coalesce(pg_xact_status(CAST(? AS xid8)), '')",
            row -> row.getString(1),
            transaction)
        .filter(status -> status.equals("committed") || status.equals("aborted"));
  }

  private StoreException unknown(SQLException lost) {
    return new StoreException(
        ErrorCode.UNAVAILABLE,
        "the connection to %s was lost during a commit and nobody could be asked whether it was done; look at what is stored before you try again"
            .formatted(database),
        lost);
  }

  @Override
  public boolean waitsForNothing(Durability durability) {
    return false;
  }

  @Override
  public void rollback() throws SQLException {
    turn = NONE;
    if (open.isEmpty()) {
      return;
    }
    try {
      sql().jdbc().rollback();
    } catch (SQLException e) {
      drop();
      if (!database.isLost(e)) {
        throw e;
      }
    }
  }

  private void drop() throws SQLException {
    if (open.isPresent()) {
      SqlConnection sql = open.get();
      open = Optional.empty();
      sql.close();
    }
  }

  @Override
  public void close() throws SQLException {
    drop();
  }
}
