package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Blobs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Blobs as files, {@code sha256/ab/abcd…}. A put always renames a whole new file into place, which
 * also mends a damaged one and dates the blob for {@link BlobSweep}.
 */
final class FileBlobs implements Blobs {
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{64}");

  private final Path root;
  private final Path incoming;

  FileBlobs(Path files) {
    this.root = files.resolve("sha256");
    this.incoming = root.resolve("incoming");
  }

  @Override
  public String put(InputStream bytes) throws IOException {
    PrivateFiles.createFolders(incoming);
    Path temporary = incoming.resolve(UUID.randomUUID().toString());
    try {
      String sha256 = write(bytes, temporary);
      Path target = file(sha256);
      PrivateFiles.createFolders(PrivateFiles.parent(target));
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      PrivateFiles.forceFolder(PrivateFiles.parent(target));
      return sha256;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String write(InputStream bytes, Path temporary) throws IOException {
    MessageDigest sha256 = Bytes.newSha256();
    try (FileChannel file = PrivateFiles.create(temporary);
        OutputStream out = new DigestOutputStream(Channels.newOutputStream(file), sha256)) {
      bytes.transferTo(out);
      file.force(true);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  @Override
  public String put(byte[] bytes) {
    try {
      return put(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw PrivateFiles.failed("write a blob under", root, e);
    }
  }

  /** The last read of the stream fails when the bytes are not those of the address. */
  @Override
  public Optional<InputStream> open(String sha256) throws IOException {
    Path file = file(sha256);
    if (!isFile(file)) {
      return Optional.empty();
    }
    return Optional.of(
        new VerifiedStream(
            Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
            sha256,
            file));
  }

  @Override
  public Optional<byte[]> read(String sha256, long maxBytes) {
    Path file = file(sha256);
    try {
      Optional<InputStream> opened = open(sha256);
      if (opened.isEmpty()) {
        return Optional.empty();
      }
      try (InputStream in = opened.get()) {
        long size = Files.size(file);
        if (size > maxBytes) {
          throw new StoreException(
              ErrorCode.LIMIT_EXCEEDED,
              "blob %s has %,d bytes, at most %,d were to be read"
                  .formatted(sha256, size, maxBytes));
        }
        return Optional.of(in.readAllBytes());
      }
    } catch (VerifiedStream.Mismatch e) {
      throw new StoreException(ErrorCode.CORRUPT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw PrivateFiles.failed("read", file, e);
    }
  }

  @Override
  public boolean contains(String sha256) {
    return isFile(file(sha256));
  }

  /** Every blob's address. */
  List<String> list() {
    List<String> found = new ArrayList<>();
    for (Path folder : children(root)) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        for (Path file : children(folder)) {
          String name = String.valueOf(file.getFileName());
          if (ADDRESS.matcher(name).matches() && file.equals(file(name))) {
            found.add(name);
          }
        }
      }
    }
    return found;
  }

  Path file(String sha256) {
    if (!ADDRESS.matcher(sha256).matches()) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "not a blob's address: \"%s\"; it is 64 lower-case hexadecimal digits"
              .formatted(sha256.length() > 80 ? sha256.substring(0, 80) + "…" : sha256));
    }
    return root.resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /** Where unfinished and doomed files lie. */
  Path incoming() {
    return incoming;
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      List<Path> out = new ArrayList<>();
      entries.forEach(out::add);
      return out;
    } catch (IOException e) {
      throw PrivateFiles.failed("list", folder, e);
    }
  }
}
