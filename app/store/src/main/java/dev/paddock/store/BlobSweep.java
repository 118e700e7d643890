package dev.paddock.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Removes blobs that nobody refers to. Whoever puts a blob refers to it a moment later, so one that
 * was put after its last reference was written stays for {@link #GRACE}.
 */
final class BlobSweep {
  static final Duration GRACE = Duration.ofHours(1);

  /** While a backup holds this lease, no blob goes. */
  static final String BACKUP_LEASE = "store/backup";

  private final FileBlobs blobs;
  private final Database database;
  private final Readers readers;
  private final Clock clock;
  private final Duration skew;

  /**
   * {@code skew} is how far the clocks of those who share the store may differ, and that of its
   * disk.
   */
  BlobSweep(FileBlobs blobs, Database database, Readers readers, Clock clock, Duration skew) {
    this.blobs = blobs;
    this.database = database;
    this.readers = readers;
    this.clock = clock;
    this.skew = skew;
  }

  /** A blob that a removed event or session referred to, and when it last did. */
  record Released(String sha256, Instant lastReference) {}

  /** How much a sweep took away. */
  record Swept(int count, long bytes) {
    static final Swept NOTHING = new Swept(0, 0);

    Swept plus(Swept other) {
      return new Swept(count + other.count, bytes + other.bytes);
    }
  }

  /** Looks at every blob, and at what unfinished puts left. */
  Swept all() {
    Instant old = clock.instant().minus(GRACE);
    Swept swept = Swept.NOTHING;
    for (String sha256 : blobs.list()) {
      swept = swept.plus(remove(sha256, old));
    }
    try {
      removeLeftovers(old);
    } catch (IOException e) {
      throw PrivateFiles.failed("clear", blobs.incoming(), e);
    }
    return swept;
  }

  /** Looks at those whose references have just been removed. */
  Swept released(List<Released> references) {
    Instant old = clock.instant().minus(GRACE);
    Swept swept = Swept.NOTHING;
    for (Released reference : references) {
      Instant last = reference.lastReference().minus(skew);
      swept = swept.plus(remove(reference.sha256(), last.isAfter(old) ? last : old));
    }
    return swept;
  }

  /** Removes an unreferenced blob that was put no later than {@code latest}. */
  private Swept remove(String sha256, Instant latest) {
    Path file = blobs.file(sha256);
    try {
      if (!isOld(file, latest) || isUsed(sha256)) {
        return Swept.NOTHING;
      }
      Path doomed = blobs.incoming().resolve(UUID.randomUUID().toString());
      PrivateFiles.createFolders(blobs.incoming());
      Files.move(file, doomed, StandardCopyOption.ATOMIC_MOVE);
      // A put may have come between: then this is its file, and goes back.
      if (!isOld(doomed, latest) || isUsed(sha256)) {
        Files.move(doomed, file, StandardCopyOption.ATOMIC_MOVE);
        return Swept.NOTHING;
      }
      long bytes = Files.size(doomed);
      Files.delete(doomed);
      return new Swept(1, bytes);
    } catch (IOException e) {
      throw PrivateFiles.failed("remove", file, e);
    }
  }

  private static boolean isOld(Path file, Instant latest) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis()
            <= latest.toEpochMilli();
  }

  private boolean isUsed(String sha256) {
    return readers.read(
        sql ->
            sql.first(
                    "SELECT EXISTS (SELECT 1 FROM blob_references WHERE sha256 = ?)"
                        + " OR EXISTS (SELECT 1 FROM leases WHERE name = ? AND expires_at > ?)",
                    row -> row.getBoolean(1),
                    sha256,
                    BACKUP_LEASE,
                    database.now(sql))
                .orElseThrow());
  }

  private void removeLeftovers(Instant old) throws IOException {
    if (!Files.isDirectory(blobs.incoming(), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs.incoming())) {
      for (Path file : files) {
        if (isOld(file, old)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
