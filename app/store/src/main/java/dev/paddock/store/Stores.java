package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** Opens the store that an address names. */
public final class Stores {
  private Stores() {}

  /**
   * Opens PostgreSQL where {@code url} begins with {@code jdbc:postgresql:}, and without a url the
   * SQLite database in {@code home}.
   *
   * @param files the folder for blobs
   */
  public static Store open(Optional<String> url, Path home, Path files) {
    if (url.isEmpty()) {
      return SqliteStore.open(home, files);
    }
    if (!url.get().startsWith(PostgresDatabase.PREFIX)) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "the address of the database must begin with jdbc:postgresql:; leave it out for the SQLite database in %s"
              .formatted(home));
    }
    return PostgresStore.open(url.get(), new Properties(), files);
  }
}
