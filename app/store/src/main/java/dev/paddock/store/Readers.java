package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** A few connections that only read, each opened when it is first needed. */
final class Readers implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  private final Database database;
  private final Semaphore permits = new Semaphore(CONNECTIONS);
  private final ConcurrentLinkedDeque<SqlConnection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  Readers(Database database) {
    this.database = database;
  }

  /** Reads with one of the connections. */
  interface Query<T> {
    T run(SqlConnection sql) throws SQLException;
  }

  <T> T read(Query<T> query) {
    permits.acquireUninterruptibly();
    try {
      if (closed) {
        throw new StoreException(
            ErrorCode.UNAVAILABLE, "the store at %s is closed".formatted(database.file()));
      }
      SqlConnection sql = idle.poll();
      if (sql == null) {
        sql = database.openReader();
      }
      try {
        return query.run(sql);
      } finally {
        idle.push(sql);
      }
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, database.file());
    } finally {
      permits.release();
    }
  }

  @Override
  public void close() {
    permits.acquireUninterruptibly(CONNECTIONS);
    try {
      closed = true;
      for (SqlConnection sql = idle.poll(); sql != null; sql = idle.poll()) {
        sql.close();
      }
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, database.file());
    } finally {
      permits.release(CONNECTIONS);
    }
  }
}
