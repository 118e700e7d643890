package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/** A database on a PostgreSQL server: how it is opened and brought to the newest version. */
final class PostgresDatabase implements Database {
  static final String PREFIX = "jdbc:postgresql:";
  private static final String CHANNEL = "paddock";
  private static final int OLDEST_SERVER = 13;

  /** "Padk": keeps two first starts apart. */
  private static final long MIGRATION_LOCK = 0x5061646b;

  /** How long to wait for another node that writes. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A node that stands still inside a transaction for so long loses it. */
  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  /** How long to listen before looking, in case a message was lost. */
  private static final Duration WATCH = Duration.ofMillis(100);

  private final String url;
  private final Properties properties;
  private final Optional<Clock> clock;
  private final String name;

  /** Leases go by {@code clock} if one is given, else by the server's. */
  PostgresDatabase(String url, Properties properties, Optional<Clock> clock) {
    this.url = url;
    this.clock = clock;
    this.properties = withDefaults(url, properties);
    this.name = "PostgreSQL " + named(this.properties);
  }

  private static Properties withDefaults(String url, Properties given) {
    Properties parsed = url.startsWith(PREFIX) ? Driver.parseURL(url, given) : null;
    if (parsed == null) {
      // The address may hold a password: it is not repeated.
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "not the address of a PostgreSQL database; write jdbc:postgresql://HOST:5432/DATABASE?user=NAME");
    }
    Properties all = new Properties();
    all.putAll(given);
    setDefault(all, parsed, PGProperty.APPLICATION_NAME, "paddock");
    setDefault(all, parsed, PGProperty.CONNECT_TIMEOUT, "5");
    setDefault(all, parsed, PGProperty.SOCKET_TIMEOUT, "60");
    setDefault(all, parsed, PGProperty.TCP_KEEP_ALIVE, "true");
    return all;
  }

  private static void setDefault(
      Properties all, Properties parsed, PGProperty property, String value) {
    if (!property.isPresent(parsed)) {
      property.set(all, value);
    }
  }

  private String named(Properties all) {
    Properties parsed = Driver.parseURL(url, all);
    return parsed == null
        ? ""
        : "%s:%s/%s"
            .formatted(
                PGProperty.PG_HOST.getOrDefault(parsed),
                PGProperty.PG_PORT.getOrDefault(parsed),
                PGProperty.PG_DBNAME.getOrDefault(parsed));
  }

  private SqlConnection connect(String... settings) throws SQLException {
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("the driver does not know the address", "08001");
    }
    SqlConnection sql = new SqlConnection(connection, true);
    try {
      for (int i = 0; i < settings.length; i += 2) {
        set(sql, settings[i], settings[i + 1]);
      }
      return sql;
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  private static void set(SqlConnection sql, String setting, String value) throws SQLException {
    sql.first("SELECT set_config(?, ?, false)", row -> true, setting, value);
  }

  /** A connection that may write. */
  SqlConnection openWriter() throws SQLException {
    SqlConnection sql =
        connect(
            "lock_timeout", PATIENCE.toMillis() + "ms",
            "idle_in_transaction_session_timeout", STANDSTILL.toMillis() + "ms");
    try {
      // Any other setting waits for the disk, and is someone's decision.
      sql.first(
          "SELECT set_config('synchronous_commit', 'on', false)"
              + " WHERE current_setting('synchronous_commit') = 'off'",
          row -> true);
      return sql;
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  /** Checks the server and makes or migrates the tables. */
  void prepare() {
    try (SqlConnection sql = openWriter()) {
      requireFit(sql);
      sql.inTransaction(
          () -> {
            migrate(sql);
            return true;
          });
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  private void requireFit(SqlConnection sql) throws SQLException {
    int version = sql.jdbc().getMetaData().getDatabaseMajorVersion();
    if (version < OLDEST_SERVER) {
      throw new StoreException(
          ErrorCode.PART_MISSING,
          "%s has version %d; Paddock needs %d or newer".formatted(name, version, OLDEST_SERVER));
    }
    String encoding =
        sql.first("SELECT current_setting('server_encoding')", row -> row.getString(1)).orElse("");
    if (!encoding.equals("UTF8")) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "%s has the encoding %s; make it with createdb --encoding=UTF8 --template=template0"
              .formatted(name, encoding));
    }
  }

  private void migrate(SqlConnection sql) throws SQLException {
    sql.first("SELECT pg_advisory_xact_lock(?)", row -> true, MIGRATION_LOCK);
    sql.run("CREATE TABLE IF NOT EXISTS paddock_version (version INTEGER NOT NULL)");
    int latest = Migrations.POSTGRES.latest();
    int version =
        sql.first("SELECT max(version) FROM paddock_version", row -> row.getInt(1)).orElse(0);
    if (version > latest) {
      throw new StoreException(
          ErrorCode.NEWER_VERSION,
          "%s has version %d, this Paddock knows up to %d; start the newer Paddock that wrote it"
              .formatted(name, version, latest));
    }
    if (version < latest) {
      Migrations.POSTGRES.run(sql, version);
      sql.update("INSERT INTO paddock_version VALUES (?)", latest);
    }
  }

  @Override
  public Dialect dialect() {
    return Dialect.POSTGRES;
  }

  @Override
  public SqlConnection openReader() throws SQLException {
    return connect("default_transaction_read_only", "on");
  }

  @Override
  public <T> T snapshot(SqlConnection sql, Readers.Query<T> query) throws SQLException {
    return sql.inTransaction(
        () -> {
          sql.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
          return query.run(sql);
        });
  }

  @Override
  public SqlConnection openWatcher() throws SQLException {
    SqlConnection sql = openReader();
    try {
      sql.run("LISTEN " + CHANNEL);
      return sql;
    } catch (SQLException e) {
      sql.close();
      throw e;
    }
  }

  @Override
  public long version(SqlConnection watcher) throws SQLException {
    return watcher.number("SELECT number FROM turn");
  }

  @Override
  public boolean awaitCommit(SqlConnection watcher, Changes changes)
      throws SQLException, InterruptedException {
    watcher.jdbc().unwrap(PGConnection.class).getNotifications((int) WATCH.toMillis());
    return changes.pause(Duration.ZERO);
  }

  @Override
  public long now(SqlConnection sql) throws SQLException {
    return clock.isPresent()
        ? clock.get().millis()
        : sql.number("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)");
  }

  /** The server overwrites the row's old version when it vacuums the table. */
  @Override
  public void clearCopies(EventId event) {}

  /** The server does it by itself. */
  @Override
  public boolean giveBackSpace(Transaction tx) {
    return false;
  }

  @Override
  public boolean isLost(SQLException e) {
    return PostgresErrors.isLost(e);
  }

  @Override
  public StoreException translate(SQLException e) {
    return PostgresErrors.translate(e, name);
  }

  @Override
  public String toString() {
    return name;
  }
}
