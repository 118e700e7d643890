package dev.paddock.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** Forward-only steps of a database: {@code name-0001.sql} and on, up to {@code latest}. */
record Migrations(String name, int latest) {
  static final Migrations SQLITE = new Migrations("sqlite", 2);
  static final Migrations POSTGRES = new Migrations("postgres", 1);

  /** Takes a database from a version to the latest, inside the caller's transaction. */
  void run(SqlConnection sql, int from) throws SQLException {
    run(sql, from, latest);
  }

  void run(SqlConnection sql, int from, int to) throws SQLException {
    for (int version = from + 1; version <= to; version++) {
      for (String statement : text(version).split(";\\s*\n")) {
        if (!statement.isBlank()) {
          sql.run(statement);
        }
      }
    }
  }

  private String text(int version) {
    String file = "%s-%04d.sql".formatted(name, version);
    try (InputStream in = Migrations.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(
            "the migration %s is not on the class path".formatted(file));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
