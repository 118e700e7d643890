package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.JDBC;

/** The database file: how it is opened, claimed for writing and brought to the newest version. */
record Database(Path file) {
  static final String NAME = "paddock.db";

  /** "Padk", in the file's header: https://sqlite.org/pragma.html#pragma_application_id. */
  static final int APPLICATION_ID = 0x5061646b;

  /** How long to wait for another process that writes. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  Path wal() {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  /** Makes the file if it is missing and opens the process's writer on it, fit for use. */
  SqlConnection openPrepared() {
    PrivateFiles.createHome(PrivateFiles.parent(file));
    try {
      PrivateFiles.createIfMissing(file);
      SqlConnection sql = openWriter();
      try {
        prepare(sql);
        return sql;
      } catch (SQLException | RuntimeException e) {
        sql.close();
        throw e;
      }
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, file);
    } catch (IOException e) {
      throw PrivateFiles.failed("make", file, e);
    }
  }

  /** A connection that may write. It waits in {@link #begin}, not inside SQLite. */
  SqlConnection openWriter() throws SQLException {
    SqlConnection sql = connect(file.toString());
    try {
      sql.run("PRAGMA busy_timeout = 5");
      sql.run("PRAGMA secure_delete = ON");
      sql.run("PRAGMA journal_size_limit = 67108864");
      return sql;
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  SqlConnection openReader() throws SQLException {
    SqlConnection sql = connect(file.toString());
    try {
      sql.run("PRAGMA busy_timeout = " + PATIENCE.toMillis());
      sql.run("PRAGMA query_only = ON");
      return sql;
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  private static SqlConnection connect(String name) throws SQLException {
    SqlConnection sql =
        new SqlConnection(JDBC.createConnection("jdbc:sqlite:" + name, new Properties()));
    sql.run("PRAGMA trusted_schema = OFF");
    return sql;
  }

  /** Checks that the file is a Paddock database this version can write, and migrates it. */
  private void prepare(SqlConnection sql) throws SQLException {
    int version = checkedVersion(sql);
    if (version == 0) {
      create(sql);
    }
    begin(sql);
    try {
      version = checkedVersion(sql);
      if (version < Migrations.LATEST) {
        sql.run("PRAGMA application_id = " + APPLICATION_ID);
        Migrations.run(sql, version, Migrations.LATEST);
      }
      sql.execute("COMMIT");
    } catch (SQLException | RuntimeException e) {
      rollback(sql);
      throw e;
    }
  }

  /** Two processes may do this at once: each setting is one transaction of its own. */
  private void create(SqlConnection sql) throws SQLException {
    sql.run("PRAGMA busy_timeout = " + PATIENCE.toMillis());
    sql.run("PRAGMA auto_vacuum = INCREMENTAL");
    String mode = sql.first("PRAGMA journal_mode = WAL", row -> row.getString(1)).orElse("none");
    if (!mode.equals("wal")) {
      throw new StoreException(
          ErrorCode.UNAVAILABLE,
          "the disk of %s cannot share a write-ahead log (journal mode %s); use a local disk for PADDOCK_HOME"
              .formatted(file, mode));
    }
    sql.run("PRAGMA busy_timeout = 5");
  }

  private int checkedVersion(SqlConnection sql) throws SQLException {
    long application = sql.number("PRAGMA application_id");
    int version = (int) sql.number("PRAGMA user_version");
    boolean empty = sql.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (application != APPLICATION_ID && !(empty && application == 0 && version == 0)) {
      throw new StoreException(
          ErrorCode.CORRUPT,
          "%s is not a database of Paddock; move it away or set PADDOCK_HOME to another folder"
              .formatted(file));
    }
    if (version > Migrations.LATEST) {
      throw new StoreException(
          ErrorCode.NEWER_VERSION,
          "%s has version %d, this Paddock knows up to %d; start it with the newer Paddock that wrote it"
              .formatted(file, version, Migrations.LATEST));
    }
    return version;
  }

  /**
   * Begins a writing transaction, waiting for other processes. The wait is a random nap of up to 2
   * ms: SQLite's own grows to 100 ms, by which a busy process would starve a second one.
   */
  void begin(SqlConnection sql) throws SQLException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        sql.execute("BEGIN IMMEDIATE");
        return;
      } catch (SQLException e) {
        StoreException said = SqliteErrors.translate(e, file);
        if (said.code() != ErrorCode.BUSY || System.nanoTime() > deadline) {
          throw said;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(100_000, 2_000_000));
      }
    }
  }

  /** What is wrong with a database that came from outside; empty when it is sound. */
  Optional<String> fault() {
    try (SqlConnection sql = openReader()) {
      int version = checkedVersion(sql);
      if (version == 0) {
        return Optional.of("its database is empty");
      }
      String check = sql.first("PRAGMA quick_check(1)", row -> row.getString(1)).orElse("");
      if (!check.equals("ok")) {
        return Optional.of("its database is damaged: " + check);
      }
      // A trigger or a view could do things of its own.
      return schema(sql).equals(schema(version))
          ? Optional.empty()
          : Optional.of("its database has other tables than version %d has".formatted(version));
    } catch (SQLException e) {
      return Optional.of("its database cannot be read: " + e.getMessage());
    }
  }

  private static Set<String> schema(int version) throws SQLException {
    try (SqlConnection memory = connect(":memory:")) {
      Migrations.run(memory, 0, version);
      return schema(memory);
    }
  }

  private static Set<String> schema(SqlConnection sql) throws SQLException {
    return Set.copyOf(
        sql.list(
            "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema",
            row -> row.getString(1)));
  }

  /** Puts another database in this one's place, if nobody has this one open. */
  void replaceWith(Path other) throws IOException {
    try (SqlConnection sql = connect(file.toString())) {
      boolean damaged = !claim(sql);
      // A log that was left behind would be replayed onto the new database.
      Files.deleteIfExists(wal());
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (!damaged) {
        sql.execute("COMMIT");
      }
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, file);
    }
  }

  /** Locks everyone out; false when it is too damaged for that. */
  private boolean claim(SqlConnection sql) throws SQLException {
    try {
      // Leaving WAL needs the file alone: it fails while any other connection exists.
      sql.run("PRAGMA journal_mode = DELETE");
      sql.execute("BEGIN EXCLUSIVE");
      return true;
    } catch (SQLException e) {
      return switch (SqliteErrors.translate(e, file).code()) {
        case CORRUPT -> false;
        case BUSY ->
            throw new StoreException(
                ErrorCode.CONFLICT,
                "%s is in use; stop every Paddock that works on this home, then restore"
                    .formatted(file),
                e);
        default -> throw e;
      };
    }
  }

  /** SQLite ends a transaction by itself after some errors; then there is nothing to roll back. */
  static void rollback(SqlConnection sql) throws SQLException {
    try {
      sql.execute("ROLLBACK");
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        throw e;
      }
    }
  }
}
