package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.ProcessFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** This process's own folder for sockets and certificates. */
final class EgressFolder {
  /** Linux allows 107 bytes; others a few less. */
  private static final int LONGEST_SOCKET_PATH = 100;

  private static final String PREFIX = "e-";

  /** {@code /e-1234abcd/123456/proxy}. */
  private static final int BELOW_BASE = 25;

  private final ProcessFolder folder;
  private final AtomicLong made = new AtomicLong();

  private EgressFolder(ProcessFolder folder) {
    this.folder = folder;
  }

  static boolean fits(Path base) {
    return bytes(base.toAbsolutePath()) + BELOW_BASE <= LONGEST_SOCKET_PATH;
  }

  static EgressFolder create(Path base) {
    if (!fits(base)) {
      throw new EgressException(
          ErrorCode.INVALID_REQUEST,
          "the path %s is too long for sockets, of which the system allows %d bytes; choose a folder of at most %d"
              .formatted(base, LONGEST_SOCKET_PATH, LONGEST_SOCKET_PATH - BELOW_BASE));
    }
    try {
      Files.createDirectories(base, onlyOwner());
      requirePrivate(base);
      return new EgressFolder(ProcessFolder.create(base, PREFIX, EgressFolder::delete));
    } catch (IOException e) {
      throw new EgressException(
          ErrorCode.UNAVAILABLE, "cannot make a folder for sockets in " + base, e);
    }
  }

  private static void requirePrivate(Path base) throws IOException {
    boolean own =
        Files.getOwner(base, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(Path.of("/proc/self")));
    if (!own || !Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
      throw new EgressException(
          ErrorCode.PERMISSION_DENIED,
          base + " must be a folder of the user who runs Paddock; choose another one or remove it");
    }
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
  }

  /**
   * Removes what killed processes left in a base.
   *
   * @return how many
   */
  static int sweep(Path base) {
    if (!Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    try {
      requirePrivate(base);
      return ProcessFolder.sweep(base, PREFIX, EgressFolder::delete);
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot clean up in " + base, e);
    }
  }

  /** A fresh folder of one proxy. */
  Path open() {
    Path path = folder.path();
    try {
      return Files.createDirectory(
          path.resolve(Long.toString(made.incrementAndGet())), onlyOwner());
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot make a folder in " + path, e);
    }
  }

  void remove() {
    try {
      folder.remove();
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot remove " + folder.path(), e);
    }
  }

  /** Deletes a tree of our own making, in which there are no links. */
  static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (NoSuchFileException gone) {
      return;
    }
  }

  private static FileAttribute<?> onlyOwner() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
