package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.JDBC;

/** The database file: how it is opened, claimed for writing and brought to the newest version. */
record SqliteDatabase(Path file, Clock clock) implements Database {
  static final String NAME = "paddock.db";

  /** "Padk", in the file's header: https://sqlite.org/pragma.html#pragma_application_id. */
  static final int APPLICATION_ID = 0x5061646b;

  /** How often to look whether another process has committed. */
  private static final Duration WATCH = Duration.ofMillis(40);

  private static final int FREED_PAGES_A_STEP = 1024;

  /** How long to wait for another process that writes. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  static {
    SqliteLibrary.load();
  }

  SqliteDatabase(Path file) {
    this(file, Clock.systemUTC());
  }

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
        // From here on it waits in begin, not inside SQLite.
        sql.run("PRAGMA busy_timeout = 5");
        return sql;
      } catch (SQLException | RuntimeException e) {
        sql.close();
        throw e;
      }
    } catch (SQLException e) {
      throw translate(e);
    } catch (IOException e) {
      throw PrivateFiles.failed("make", file, e);
    }
  }

  /** A connection that may write. */
  SqlConnection openWriter() throws SQLException {
    SqlConnection sql = connect(file.toString());
    try {
      sql.run("PRAGMA busy_timeout = " + PATIENCE.toMillis());
      sql.run("PRAGMA secure_delete = ON");
      sql.run("PRAGMA journal_size_limit = 67108864");
      return sql;
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  @Override
  public SqlConnection openReader() throws SQLException {
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

  static SqlConnection connect(String name) throws SQLException {
    SqlConnection sql =
        new SqlConnection(JDBC.createConnection("jdbc:sqlite:" + name, new Properties()), false);
    sql.run("PRAGMA trusted_schema = OFF");
    return sql;
  }

  /** Checks that the file is a Paddock database this version can write, and migrates it. */
  private void prepare(SqlConnection sql) throws SQLException {
    if (checkedVersion(sql) == 0) {
      sql.run("PRAGMA auto_vacuum = INCREMENTAL");
    }
    String mode = journalMode(sql, "WAL");
    if (!mode.equals("wal")) {
      throw new StoreException(
          ErrorCode.UNAVAILABLE,
          "the disk of %s cannot share a write-ahead log (journal mode %s); use a local disk for PADDOCK_HOME"
              .formatted(file, mode));
    }
    begin(sql);
    try {
      int version = checkedVersion(sql);
      if (version < Migrations.SQLITE.latest()) {
        sql.run("PRAGMA application_id = " + APPLICATION_ID);
        Migrations.SQLITE.run(sql, version);
        sql.run("PRAGMA user_version = " + Migrations.SQLITE.latest());
      }
      sql.execute("COMMIT");
    } catch (SQLException | RuntimeException e) {
      rollback(sql);
      throw e;
    }
  }

  int checkedVersion(SqlConnection sql) throws SQLException {
    record Header(long application, int version, long tables) {
      boolean isNew() {
        return application == 0 && version == 0 && tables == 0;
      }
    }
    // In one statement: another process may be making the tables.
    Header header =
        sql.first(
                "SELECT (SELECT application_id FROM pragma_application_id),"
                    + " (SELECT user_version FROM pragma_user_version),"
                    + " (SELECT count(*) FROM sqlite_schema)",
                row -> new Header(row.getLong(1), row.getInt(2), row.getLong(3)))
            .orElseThrow();
    int version = header.version();
    if (header.application() != APPLICATION_ID && !header.isNew()) {
      throw new StoreException(
          ErrorCode.CORRUPT,
          "%s is not a database of Paddock; move it away or set PADDOCK_HOME to another folder"
              .formatted(file));
    }
    if (version > Migrations.SQLITE.latest()) {
      throw new StoreException(
          ErrorCode.NEWER_VERSION,
          "%s has version %d, this Paddock knows up to %d; start it with the newer Paddock that wrote it"
              .formatted(file, version, Migrations.SQLITE.latest()));
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
        StoreException said = translate(e);
        if (said.code() != ErrorCode.BUSY || System.nanoTime() > deadline) {
          throw said;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(100_000, 2_000_000));
      }
    }
  }

  @Override
  public Dialect dialect() {
    return Dialect.SQLITE;
  }

  @Override
  public <T> T snapshot(SqlConnection sql, Readers.Query<T> query) throws SQLException {
    sql.execute("BEGIN");
    try {
      return query.run(sql);
    } finally {
      sql.execute("COMMIT");
    }
  }

  @Override
  public SqlConnection openWatcher() throws SQLException {
    return openReader();
  }

  /** See https://sqlite.org/pragma.html#pragma_data_version. */
  @Override
  public long version(SqlConnection watcher) throws SQLException {
    return watcher.number("PRAGMA data_version");
  }

  @Override
  public boolean awaitCommit(SqlConnection watcher, Changes changes) throws InterruptedException {
    return changes.pause(WATCH);
  }

  @Override
  public long now(SqlConnection sql) {
    return clock.millis();
  }

  /** The write-ahead log still holds the page as it was: what is in it moves to the database. */
  @Override
  public void clearCopies(EventId event) {
    try (SqlConnection sql = openWriter()) {
      if (sql.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
        throw new StoreException(
            ErrorCode.BUSY,
            "event %s is redacted, but a long read keeps an old copy in %s; redact it again later to clear that"
                .formatted(event, wal()));
      }
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public boolean giveBackSpace(Transaction tx) throws SQLException {
    long before = tx.number("PRAGMA freelist_count");
    tx.run("PRAGMA incremental_vacuum(" + FREED_PAGES_A_STEP + ")");
    long after = tx.number("PRAGMA freelist_count");
    return after > 0 && after < before;
  }

  @Override
  public boolean isLost(SQLException e) {
    return false;
  }

  @Override
  public StoreException translate(SQLException e) {
    return SqliteErrors.translate(e, file);
  }

  @Override
  public String toString() {
    return file.toString();
  }

  static String journalMode(SqlConnection sql, String mode) throws SQLException {
    return sql.first("PRAGMA journal_mode = " + mode, row -> row.getString(1)).orElse("none");
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
