package dev.paddock.store;

import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.store.Archive.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a backup. The archive is taken for hostile: only names that a backup writes are accepted,
 * everything is unpacked aside and checked before any of it counts, and the database comes last.
 */
final class Restore {
  private final Path archive;
  private final Path home;

  Restore(Path archive, Path home) {
    this.archive = archive;
    this.home = home;
  }

  void run(boolean replace) {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      List<String> blobs = checkedBlobs(zip);
      Manifest manifest = manifest(zip, blobs.size());
      PrivateFiles.createHome(home);
      requireEmpty(replace);
      requireSpace(zip);
      Path unpacked = home.resolve(".restore-" + UUID.randomUUID());
      try {
        PrivateFiles.createFolders(unpacked);
        Snapshot database = unpackDatabase(zip, manifest, unpacked);
        FileBlobs staged = unpackBlobs(zip, blobs, unpacked);
        moveBlobs(staged, blobs);
        database.moveTo(new SqliteDatabase(home.resolve(SqliteDatabase.NAME)));
        PrivateFiles.forceFolder(home);
      } finally {
        clear(unpacked);
      }
    } catch (ZipException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw PrivateFiles.failed("restore", archive, e);
    }
  }

  /** The addresses of its blobs, if it has exactly the entries that a backup writes. */
  private List<String> checkedBlobs(ZipFile zip) {
    List<String> blobs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String name = entry.getName();
      if (!names.add(name)) {
        throw refused("it holds \"%s\" twice".formatted(printable(name)));
      }
      if (entry.getSize() < 0 || entry.getSize() > entry.getCompressedSize()) {
        throw refused("\"%s\" claims a size that it does not have".formatted(printable(name)));
      }
      Matcher blob = Archive.blob(name);
      if (blob.matches()) {
        blobs.add(blob.group(1));
      } else if (!name.equals(SqliteDatabase.NAME) && !name.equals(Archive.MANIFEST)) {
        throw refused("a backup has no entry \"%s\"".formatted(printable(name)));
      }
    }
    return blobs;
  }

  private Manifest manifest(ZipFile zip, int blobs) throws IOException {
    byte[] json;
    try (InputStream in = entry(zip, Archive.MANIFEST)) {
      json = in.readNBytes(Archive.MAX_MANIFEST);
    }
    Manifest manifest;
    try {
      manifest = Json.read(json, Manifest.class);
    } catch (CoreException e) {
      throw refused("its manifest cannot be read: " + e.getMessage());
    }
    if (manifest.format() > Archive.FORMAT) {
      throw new StoreException(
          ErrorCode.NEWER_VERSION,
          "%s has backup format %d, this Paddock knows up to %d; restore it with the newer Paddock that wrote it"
              .formatted(archive, manifest.format(), Archive.FORMAT));
    }
    if (manifest.blobs() != blobs) {
      throw refused("it holds %d blobs, its manifest says %d".formatted(blobs, manifest.blobs()));
    }
    return manifest;
  }

  private void requireEmpty(boolean replace) throws IOException {
    try (Stream<Path> entries = Files.list(home)) {
      if (!replace && entries.findAny().isPresent()) {
        throw new StoreException(
            ErrorCode.CONFLICT,
            "%s is not empty; restore into a new folder, or say that its store shall be replaced"
                .formatted(home));
      }
    }
  }

  private void requireSpace(ZipFile zip) throws IOException {
    long needed = zip.stream().mapToLong(ZipEntry::getSize).sum();
    long free = Files.getFileStore(home).getUsableSpace();
    if (needed > free) {
      throw new StoreException(
          ErrorCode.DISK_FULL,
          "%s needs %,d bytes, the disk of %s has %,d; free some space and try again"
              .formatted(archive, needed, home, free));
    }
  }

  private Snapshot unpackDatabase(ZipFile zip, Manifest manifest, Path unpacked)
      throws IOException {
    Path database = unpacked.resolve(SqliteDatabase.NAME);
    MessageDigest sha256 = Bytes.newSha256();
    try (InputStream in = entry(zip, SqliteDatabase.NAME);
        FileChannel file = PrivateFiles.create(database);
        OutputStream out = new DigestOutputStream(Channels.newOutputStream(file), sha256)) {
      in.transferTo(out);
      file.force(true);
    }
    if (!HexFormat.of().formatHex(sha256.digest()).equals(manifest.databaseSha256())) {
      throw refused("its database does not match its manifest");
    }
    Snapshot snapshot = new Snapshot(new SqliteDatabase(database));
    Optional<String> fault = snapshot.fault();
    if (fault.isPresent()) {
      throw refused(fault.get());
    }
    return snapshot;
  }

  private FileBlobs unpackBlobs(ZipFile zip, List<String> blobs, Path unpacked) throws IOException {
    FileBlobs staged = new FileBlobs(unpacked);
    for (String blob : blobs) {
      try (InputStream in = entry(zip, Archive.blobName(blob))) {
        if (!staged.put(in).equals(blob)) {
          throw refused("the bytes of blob %s do not match its name".formatted(blob));
        }
      }
    }
    return staged;
  }

  private void moveBlobs(FileBlobs staged, List<String> blobs) throws IOException {
    FileBlobs files = new FileBlobs(home.resolve("files"));
    for (String blob : blobs) {
      Path target = files.file(blob);
      PrivateFiles.createFolders(PrivateFiles.parent(target));
      Files.move(
          staged.file(blob),
          target,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    for (String blob : blobs) {
      PrivateFiles.forceFolder(PrivateFiles.parent(files.file(blob)));
    }
  }

  private InputStream entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw refused("it has no \"%s\"; it may be cut off".formatted(name));
    }
    return zip.getInputStream(entry);
  }

  private StoreException refused(String reason) {
    return new StoreException(
        ErrorCode.CORRUPT,
        "%s is not a whole backup of Paddock: %s. Nothing was restored".formatted(archive, reason));
  }

  private static String printable(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 80 ? clean.substring(0, 80) + "…" : clean;
  }

  /** Removes what was unpacked; a tree walk follows no links. */
  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
