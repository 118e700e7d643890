package dev.paddock.store;

import dev.paddock.core.spi.Append.Durability;
import java.sql.SQLException;

/** Writes to SQLite. Each transaction is as durable as the most careful of its callers asks. */
final class SqliteWriteConnection implements WriteConnection {
  private final SqliteDatabase database;
  private final SqlConnection sql;
  private final LogSync sync;
  private Durability setting = Durability.ACKNOWLEDGED;
  private long version = -1;

  SqliteWriteConnection(SqliteDatabase database, SqlConnection sql, LogSync sync) {
    this.database = database;
    this.sql = sql;
    this.sync = sync;
  }

  @Override
  public SqlConnection sql() {
    return sql;
  }

  @Override
  public boolean begin(Durability durability) throws SQLException {
    sync.check();
    set(durability);
    database.begin(sql);
    long before = version;
    version = database.version(sql);
    return version == before;
  }

  /** Not possible inside a transaction; see https://sqlite.org/pragma.html#pragma_synchronous. */
  private void set(Durability durability) throws SQLException {
    if (setting != durability) {
      sql.run(
          switch (durability) {
            case TURN -> "PRAGMA synchronous = NORMAL";
            case ACKNOWLEDGED -> "PRAGMA synchronous = FULL";
          });
      setting = durability;
    }
  }

  @Override
  public boolean commit() throws SQLException {
    sql.execute("COMMIT");
    switch (setting) {
      case TURN -> sync.later();
      case ACKNOWLEDGED -> sync.done();
    }
    return true;
  }

  @Override
  public boolean waitsForNothing(Durability durability) {
    return durability == Durability.TURN;
  }

  @Override
  public void rollback() throws SQLException {
    SqliteDatabase.rollback(sql);
  }

  @Override
  public void close() throws SQLException {
    try {
      sync.close();
    } finally {
      sql.close();
    }
  }
}
