package dev.paddock.store;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A store in one folder: a SQLite database and files beside it. */
public final class SqliteStore extends SqlStore {
  private static final int READERS = 4;

  private final Backup backup;

  private SqliteStore(SqliteDatabase database, Setup setup) {
    super(setup);
    backup = new Backup(database, setup.blobs(), leases(), setup.clock());
  }

  /**
   * Opens the store of a home, making what is missing: the folder (mode 0700), {@code paddock.db}
   * and, with the first blob, {@code files/sha256}.
   *
   * @throws StoreException {@code READ_ONLY}, {@code DISK_FULL}, {@code CORRUPT}, {@code
   *     NEWER_VERSION}, {@code BUSY}
   */
  public static SqliteStore open(Path home) {
    return open(home, home.resolve("files"));
  }

  /** Opens a store whose blobs lie elsewhere, under {@code files/sha256}. */
  public static SqliteStore open(Path home, Path files) {
    return open(home, files, Clock.systemUTC());
  }

  static SqliteStore open(Path home, Path files, Clock clock) {
    SqliteDatabase database =
        new SqliteDatabase(home.toAbsolutePath().resolve(SqliteDatabase.NAME), clock);
    WriteConnection connection =
        new SqliteWriteConnection(database, database.openPrepared(), new LogSync(database.wal()));
    return new SqliteStore(
        database,
        new Setup(database, connection, READERS, new FileBlobs(files), Duration.ZERO, clock));
  }

  /**
   * Unpacks a backup into an empty or missing home. With {@code replace} the home may hold a store
   * that nobody has open; its database is replaced, its other files stay.
   *
   * @throws StoreException {@code CONFLICT} when the home is not empty, {@code CORRUPT} when the
   *     archive is not what a backup wrote
   */
  public static void restore(Path archive, Path home, boolean replace) {
    new Restore(archive.toAbsolutePath(), home.toAbsolutePath()).run(replace);
  }

  @Override
  public void backup(Path file) {
    backup.write(file.toAbsolutePath());
  }
}
