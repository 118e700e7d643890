package dev.paddock.checks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Looks into a running server's database without touching it. */
final class StoreWatch implements AutoCloseable {
  /** All that a request could leave behind; leases and cursors move by themselves. */
  private static final String CONTENT =
      """
      SELECT (SELECT coalesce(max(position), 0) FROM events) || ' events, '
        || (SELECT count(*) || ' sessions of ' || coalesce(sum(length(document)), 0) FROM sessions) || ', '
        || (SELECT count(*) || ' resources of ' || coalesce(sum(version), 0) || ' versions, '
              || coalesce(sum(length(document)), 0) FROM resources) || ', '
        || (SELECT count(*) FROM client_keys) || ' client keys, '
        || (SELECT count(*) FROM blob_references) || ' references to blobs'
      """;

  /** A session that was changed while it rested goes on resting, though its log has no end. */
  private static final String BUSY =
      """
      unfinished = 1 AND (status IN ('running', 'rescheduling') OR 'session.updated' <>
        (SELECT type FROM events WHERE session = number ORDER BY sequence DESC LIMIT 1))
      """;

  private final Connection connection;
  private final Statement statement;

  StoreWatch(Path home) {
    try {
      connection =
          DriverManager.getConnection(
              "jdbc:sqlite:file:" + home.resolve("paddock.db") + "?mode=ro");
      statement = connection.createStatement();
    } catch (SQLException e) {
      throw new AssertionError("the store cannot be read", e);
    }
  }

  private String ask(String sql) {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** Another one after every commit of anybody else. */
  String commits() {
    return ask("PRAGMA data_version");
  }

  String content() {
    return ask(CONTENT);
  }

  /** How many sessions are not at rest. */
  int unfinished() {
    return Integer.parseInt(ask("SELECT count(*) FROM sessions WHERE " + BUSY));
  }

  /** The sessions that are not at rest and the ends of their logs. */
  String running() {
    return ask(
        """
        SELECT group_concat(id || ' ' || document || char(10) || (SELECT group_concat(line, char(10))
            FROM (SELECT substr(CAST(stored AS TEXT), 1, 400) AS line FROM events
              WHERE session = number ORDER BY sequence DESC LIMIT 10)), char(10))
          FROM sessions WHERE
        """
            + BUSY);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError("the store cannot be closed", e);
    }
  }
}
