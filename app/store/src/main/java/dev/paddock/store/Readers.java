package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** A few connections that only read, each opened when it is first needed. */
final class Readers implements AutoCloseable {
  private final Database database;
  private final int connections;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<SqlConnection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  Readers(Database database, int connections) {
    this.database = database;
    this.connections = connections;
    this.permits = new Semaphore(connections);
  }

  /** Reads with one of the connections. */
  interface Query<T> {
    T run(SqlConnection sql) throws SQLException;
  }

  /** Reads one state of the database. */
  <T> T snapshot(Query<T> query) {
    return read(sql -> database.snapshot(sql, query));
  }

  /** An interrupt does not cut the read off; it is kept for the caller. */
  <T> T read(Query<T> query) {
    permits.acquireUninterruptibly();
    boolean interrupted = Thread.interrupted();
    try {
      if (closed) {
        throw new StoreException(
            ErrorCode.UNAVAILABLE, "the store at %s is closed".formatted(database));
      }
      while (true) {
        try {
          return readOnIdle(query);
        } catch (SQLException e) {
          // An interrupt closes the socket that a virtual thread waits at, as java.net.Socket says.
          if (!database.isLost(e) || !Thread.interrupted()) {
            throw e;
          }
          interrupted = true;
        }
      }
    } catch (SQLException e) {
      throw database.translate(e);
    } finally {
      permits.release();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What an idle connection says that is gone says nothing about the database. */
  private <T> T readOnIdle(Query<T> query) throws SQLException {
    SqlConnection sql = idle.poll();
    if (sql != null) {
      try {
        return readOn(sql, query);
      } catch (SQLException e) {
        if (!database.isLost(e)) {
          throw e;
        }
        closeIdle();
      }
    }
    return readOn(database.openReader(), query);
  }

  private <T> T readOn(SqlConnection sql, Query<T> query) throws SQLException {
    try {
      T result = query.run(sql);
      idle.push(sql);
      return result;
    } catch (SQLException e) {
      if (database.isLost(e)) {
        sql.close();
      } else {
        idle.push(sql);
      }
      throw e;
    } catch (RuntimeException | Error e) {
      idle.push(sql);
      throw e;
    }
  }

  private void closeIdle() throws SQLException {
    for (SqlConnection sql = idle.poll(); sql != null; sql = idle.poll()) {
      sql.close();
    }
  }

  @Override
  public void close() {
    permits.acquireUninterruptibly(connections);
    try {
      closed = true;
      closeIdle();
    } catch (SQLException e) {
      throw database.translate(e);
    } finally {
      permits.release(connections);
    }
  }
}
