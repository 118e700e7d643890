package dev.paddock.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Optional;
import java.util.Properties;

/** One PostgreSQL server for all tests of a JVM; each home has a schema of its own there. */
final class TestingPostgres {
  private static final String PROGRAMS = "/postgres-linux-x86_64.txz";
  private static Optional<EmbeddedPostgres> running = Optional.empty();

  private TestingPostgres() {}

  static Store open(Path home, Clock clock) {
    return PostgresStore.open(
        url(home), new Properties(), home.resolve("files"), clock, Optional.of(clock));
  }

  /** Leases go by the server's clock. */
  static PostgresStore openWithServerClock(Path home, Clock clock) {
    return PostgresStore.open(
        url(home), new Properties(), home.resolve("files"), clock, Optional.empty());
  }

  static String url(Path home) {
    String schema = schema(home);
    run(home, "CREATE SCHEMA IF NOT EXISTS " + schema);
    return base() + "&currentSchema=" + schema;
  }

  static int port() {
    return server().getPort();
  }

  private static String base() {
    return server().getJdbcUrl("postgres", "postgres");
  }

  private static String schema(Path home) {
    return "t" + String.valueOf(home.getFileName()).replaceAll("[^0-9a-z]", "");
  }

  private static synchronized EmbeddedPostgres server() {
    requirePrograms();
    if (running.isEmpty()) {
      try {
        running = Optional.of(EmbeddedPostgres.builder().start());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return running.get();
  }

  static void requirePrograms() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64")
            && TestingPostgres.class.getResource(PROGRAMS) != null,
        "PostgreSQL's programs for tests are there for Linux on amd64 only");
  }

  /** Reaches past the store into its database. */
  static void run(Path home, String... statements) {
    try (Connection connection = connect(home);
        Statement run = connection.createStatement()) {
      for (String statement : statements) {
        run.execute(statement);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static Connection connect(Path home) throws SQLException {
    return DriverManager.getConnection(base() + "&currentSchema=" + schema(home));
  }

  static long number(Path home, String query) throws SQLException {
    try (Connection connection = connect(home);
        Statement run = connection.createStatement();
        ResultSet rows = run.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Ends every connection of every store. */
  static void endConnections(Path home) {
    run(
        home,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'paddock'");
  }
}
