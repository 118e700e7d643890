package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Leases;
import dev.paddock.store.Archive.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Copies a store that is in use into one file. */
final class Backup {
  private static final Duration LEASE = Duration.ofMinutes(10);

  private final SqliteDatabase database;
  private final FileBlobs blobs;
  private final Leases leases;
  private final Clock clock;

  Backup(SqliteDatabase database, FileBlobs blobs, Leases leases, Clock clock) {
    this.database = database;
    this.blobs = blobs;
    this.leases = leases;
    this.clock = clock;
  }

  void write(Path file) {
    requireNew(file);
    // What it holds back: the removal of blobs that the copied database still refers to.
    Lease lease =
        leases
            .acquire(BlobSweep.BACKUP_LEASE, UUID.randomUUID().toString(), LEASE)
            .orElseThrow(
                () ->
                    new StoreException(
                        ErrorCode.BUSY, "another backup is being written; wait for it"));
    Path folder = PrivateFiles.parent(file);
    Path snapshot = folder.resolve(".paddock-" + UUID.randomUUID() + ".db");
    Path partial = folder.resolve(".paddock-" + UUID.randomUUID() + ".partial");
    try {
      copyDatabase(snapshot);
      writeArchive(snapshot, partial, lease);
      requireNew(file);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      PrivateFiles.forceFolder(folder);
    } catch (SQLException e) {
      throw SqliteErrors.translate(e, snapshot);
    } catch (IOException e) {
      throw PrivateFiles.failed("write", file, e);
    } finally {
      leases.release(lease);
      remove(snapshot);
      remove(partial);
    }
  }

  private static void requireNew(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreException(
          ErrorCode.CONFLICT, "%s exists already; name a new file".formatted(file));
    }
  }

  private void copyDatabase(Path snapshot) throws SQLException, IOException {
    PrivateFiles.create(snapshot).close();
    try (SqlConnection sql = database.openWriter()) {
      sql.update("VACUUM INTO ?", snapshot.toString());
    }
  }

  private void writeArchive(Path snapshot, Path partial, Lease lease) throws IOException {
    try (FileChannel channel = PrivateFiles.create(partial);
        OutputStream out = Channels.newOutputStream(channel);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      // An entry larger than its part of the archive is thereby known to be a forgery.
      zip.setLevel(Deflater.NO_COMPRESSION);
      String sha256;
      try (InputStream in = Files.newInputStream(snapshot)) {
        sha256 = add(zip, SqliteDatabase.NAME, in);
      }
      long count = 0;
      for (String blob : blobs.list()) {
        Optional<InputStream> opened = blobs.open(blob);
        if (opened.isPresent()) {
          try (InputStream in = opened.get()) {
            add(zip, Archive.blobName(blob), in);
          }
          count++;
        }
        renew(lease);
      }
      Instant now = Instant.ofEpochMilli(clock.millis());
      zip.putNextEntry(new ZipEntry(Archive.MANIFEST));
      zip.write(
          Json.bytes(new Manifest(Archive.FORMAT, Migrations.SQLITE.latest(), now, sha256, count)));
      zip.closeEntry();
      zip.finish();
      channel.force(true);
    }
  }

  private static String add(ZipOutputStream zip, String name, InputStream bytes)
      throws IOException {
    MessageDigest sha256 = Bytes.newSha256();
    zip.putNextEntry(new ZipEntry(name));
    new DigestInputStream(bytes, sha256).transferTo(zip);
    zip.closeEntry();
    return HexFormat.of().formatHex(sha256.digest());
  }

  private void renew(Lease lease) {
    if (leases.renew(lease, LEASE).isEmpty()) {
      throw new StoreException(
          ErrorCode.CONFLICT,
          "the backup stood still for %d minutes and another took its turn; start it again"
              .formatted(LEASE.toMinutes()));
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw PrivateFiles.failed("remove", file, e);
    }
  }
}
