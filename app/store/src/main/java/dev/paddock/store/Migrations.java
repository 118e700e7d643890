package dev.paddock.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * Forward-only steps, {@code 0001.sql} and on; a database's {@code user_version} names its last.
 */
final class Migrations {
  static final int LATEST = 2;

  private Migrations() {}

  /** Takes a database from one version to another, inside the caller's transaction. */
  static void run(SqlConnection sql, int from, int to) throws SQLException {
    for (int version = from + 1; version <= to; version++) {
      for (String statement : text(version).split(";\\s*\n")) {
        if (!statement.isBlank()) {
          sql.run(statement);
        }
      }
    }
    sql.run("PRAGMA user_version = " + to);
  }

  private static String text(int version) {
    String name = "%04d.sql".formatted(version);
    try (InputStream in = Migrations.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the migration %s is not on the class path".formatted(name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
