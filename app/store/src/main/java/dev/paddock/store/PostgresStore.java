package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * A store that several nodes share: a PostgreSQL database and a folder for the blobs, which all of
 * them see.
 */
public final class PostgresStore extends SqlStore {
  private static final int READERS = 8;

  /** How far the clocks of the nodes and of the shared folder may differ. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private PostgresStore(Setup setup) {
    super(setup);
  }

  /**
   * Opens the store, making or migrating its tables.
   *
   * @param url {@code jdbc:postgresql://HOST:PORT/DATABASE?user=NAME&password=…}
   * @param properties more of the driver's connection properties, such as {@code password}
   * @param files the folder that all nodes share
   * @throws StoreException {@code UNAVAILABLE}, {@code UNAUTHENTICATED}, {@code NOT_FOUND} for a
   *     database that does not exist, {@code NEWER_VERSION}, {@code READ_ONLY}, {@code CONFLICT}
   *     for one that holds other tables
   */
  public static PostgresStore open(String url, Properties properties, Path files) {
    return open(url, properties, files, Clock.systemUTC(), Optional.empty());
  }

  /** Leases go by {@code leaseClock} if one is given, else by the server's. */
  static PostgresStore open(
      String url, Properties properties, Path files, Clock clock, Optional<Clock> leaseClock) {
    PostgresDatabase database = new PostgresDatabase(url, properties, leaseClock);
    database.prepare();
    return new PostgresStore(
        new Setup(
            database,
            new PostgresWriteConnection(database),
            READERS,
            new FileBlobs(files),
            SKEW,
            clock));
  }

  @Override
  public void backup(Path file) {
    throw new StoreException(
        ErrorCode.INVALID_REQUEST,
        "a PostgreSQL store is backed up with PostgreSQL's own tools: first pg_dump --format=custom --file=%s DATABASE, then a copy of the folder of files; pg_restore brings it back"
            .formatted(file));
  }
}
