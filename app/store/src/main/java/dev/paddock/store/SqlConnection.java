package dev.paddock.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** A connection that prepares each statement once. One thread at a time. */
final class SqlConnection implements AutoCloseable {
  private static final int MAX_PREPARED = 200;

  /** Inside a transaction a driver may fetch so many rows at a time, not all at once. */
  private static final int ROWS_AT_ONCE = 64;

  private final Connection connection;
  private final boolean remote;
  private final SequencedMap<String, PreparedStatement> prepared =
      new LinkedHashMap<>(64, 0.75f, true);

  /** {@code remote} where each exchange with the database takes a while. */
  SqlConnection(Connection connection, boolean remote) {
    this.connection = connection;
    this.remote = remote;
  }

  /** Reads one row. */
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Does something with several statements. */
  interface Steps<T> {
    T run() throws SQLException;
  }

  /** Looks at one row; false ends the query. */
  interface RowVisitor {
    boolean visit(ResultSet row) throws SQLException;
  }

  /** Runs a statement that is not worth keeping, such as a pragma, to its end. */
  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  int update(String sql, Object... values) throws SQLException {
    return with(sql, values, PreparedStatement::executeUpdate);
  }

  /** Runs a statement once for each row of values, with a server in one exchange. */
  int[] updateAll(String sql, List<Object[]> rows) throws SQLException {
    if (rows.size() == 1 || !remote) {
      int[] changed = new int[rows.size()];
      for (int i = 0; i < changed.length; i++) {
        changed[i] = update(sql, rows.get(i));
      }
      return changed;
    }
    return with(
        sql,
        new Object[0],
        statement -> {
          for (Object[] values : rows) {
            bind(statement, values);
            statement.addBatch();
          }
          return statement.executeBatch();
        });
  }

  /** Runs a prepared statement that gives no rows and counts none: begin, commit. */
  void execute(String sql) throws SQLException {
    with(sql, new Object[0], PreparedStatement::execute);
  }

  <T> Optional<T> first(String sql, RowReader<T> reader, Object... values) throws SQLException {
    return with(
        sql,
        values,
        statement -> {
          try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
          }
        });
  }

  /** The number that a query always gives. */
  long number(String sql, Object... values) throws SQLException {
    return first(sql, row -> row.getLong(1), values)
        .orElseThrow(() -> new SQLException("no row from " + sql));
  }

  <T> List<T> list(String sql, RowReader<T> reader, Object... values) throws SQLException {
    List<T> out = new ArrayList<>();
    visit(sql, row -> out.add(reader.read(row)), values);
    return out;
  }

  void visit(String sql, RowVisitor visitor, Object... values) throws SQLException {
    boolean _ =
        with(
            sql,
            values,
            statement -> {
              statement.setFetchSize(ROWS_AT_ONCE);
              try (ResultSet rows = statement.executeQuery()) {
                boolean more = true;
                while (more && rows.next()) {
                  more = visitor.visit(rows);
                }
                return more;
              }
            });
  }

  /** Runs statements in one transaction of its own and commits it. */
  <T> T inTransaction(Steps<T> steps) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T result = steps.run();
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.rollback();
      } catch (SQLException onRollback) {
        e.addSuppressed(onRollback);
      }
      throw e;
    } finally {
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
      }
    }
  }

  Connection jdbc() {
    return connection;
  }

  private interface Execution<T> {
    T run(PreparedStatement statement) throws SQLException;
  }

  /** The driver may leave a statement that failed unfit for use: it is prepared anew next time. */
  private <T> T with(String sql, Object[] values, Execution<T> execution) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
      closeEldest();
    }
    try {
      bind(statement, values);
      return execution.run(statement);
    } catch (SQLException e) {
      prepared.remove(sql);
      try {
        statement.close();
      } catch (SQLException onClose) {
        e.addSuppressed(onClose);
      }
      throw e;
    }
  }

  /** Filters come in many combinations. */
  private void closeEldest() throws SQLException {
    if (prepared.size() > MAX_PREPARED) {
      prepared.pollFirstEntry().getValue().close();
    }
  }

  private static void bind(PreparedStatement statement, Object[] values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case String text -> statement.setString(i + 1, text);
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setInt(i + 1, number);
        case Bytes bytes -> statement.setBytes(i + 1, bytes.array());
        case Optional<?> text ->
            statement.setString(i + 1, text.map(Object::toString).orElse(null));
        default -> throw new IllegalArgumentException("cannot bind a " + values[i].getClass());
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
