package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * This process's own folder for sockets and certificates, which only its user can enter. A lock
 * tells whether its process lives; folders of dead processes are removed.
 */
final class EgressFolder {
  /** Linux allows 107 bytes; others a few less. */
  static final int LONGEST_SOCKET_PATH = 100;

  private static final String LOCK = "lock";

  /** {@code /e-1234abcd/123456/proxy}. */
  private static final int BELOW_BASE = 25;

  private final Path path;
  private final FileLock lock;
  private final AtomicLong made = new AtomicLong();

  private EgressFolder(Path path, FileLock lock) {
    this.path = path;
    this.lock = lock;
  }

  static EgressFolder create(Path base) {
    if (bytes(base.toAbsolutePath()) + BELOW_BASE > LONGEST_SOCKET_PATH) {
      throw new EgressException(
          ErrorCode.INVALID_REQUEST,
          "the path %s is too long for sockets, of which the system allows %d bytes; choose a folder of at most %d"
              .formatted(base, LONGEST_SOCKET_PATH, LONGEST_SOCKET_PATH - BELOW_BASE));
    }
    try {
      Files.createDirectories(base, onlyOwner());
      requirePrivate(base);
      sweep(base);
      String name = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
      // the lock is taken before the folder has its name, so that nobody sweeps a living one
      Path fresh = Files.createDirectory(base.resolve(".new-" + name), onlyOwner());
      FileLock lock =
          lock(fresh)
              .orElseThrow(
                  () -> new EgressException(ErrorCode.BUSY, "cannot lock the new folder " + fresh));
      Path path = Files.move(fresh, base.resolve("e-" + name));
      return new EgressFolder(path, lock);
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

  /** A fresh folder of one proxy. */
  Path open() {
    try {
      return Files.createDirectory(
          path.resolve(Long.toString(made.incrementAndGet())), onlyOwner());
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot make a folder in " + path, e);
    }
  }

  void remove() {
    try {
      delete(path);
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw new EgressException(ErrorCode.UNAVAILABLE, "cannot remove " + path, e);
    }
  }

  private static void sweep(Path base) throws IOException {
    List<Path> folders;
    try (Stream<Path> entries = Files.list(base)) {
      folders =
          entries
              .filter(entry -> entry.getFileName().toString().matches("e-[0-9a-f]{8}"))
              .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
              .toList();
    }
    for (Path folder : folders) {
      Optional<FileLock> lock = lock(folder);
      if (lock.isPresent()) {
        delete(folder);
        lock.get().acquiredBy().close();
      }
    }
  }

  /** The lock of a folder; none while its process lives or when another one just removed it. */
  private static Optional<FileLock> lock(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (NoSuchFileException removed) {
      return Optional.empty();
    }
    Optional<FileLock> lock;
    try {
      lock = Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException ours) {
      lock = Optional.empty();
    }
    if (lock.isEmpty()) {
      channel.close();
    }
    return lock;
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
