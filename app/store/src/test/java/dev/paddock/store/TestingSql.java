package dev.paddock.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reaches past the store into its database, as someone who tampers with it would. */
final class TestingSql {
  private TestingSql() {}

  static void run(Path home, String... statements) throws SQLException {
    try (Connection connection = open(home);
        Statement run = connection.createStatement()) {
      for (String statement : statements) {
        run.execute(statement);
      }
    }
  }

  static long number(Path home, String query) throws SQLException {
    try (Connection connection = open(home);
        Statement run = connection.createStatement();
        ResultSet rows = run.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  static Connection open(Path home) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + home.resolve(SqliteDatabase.NAME));
  }
}
