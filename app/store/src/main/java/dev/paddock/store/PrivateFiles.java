package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/** Folders and files that only their owner may read, and what their failures mean. */
final class PrivateFiles {
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> NEW_FOLDER =
      PosixFilePermissions.asFileAttribute(FOLDER);
  private static final FileAttribute<Set<PosixFilePermission>> NEW_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFiles() {}

  static void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder, NEW_FOLDER);
  }

  /** Makes the home, or takes away what others may do in one that exists. */
  static void createHome(Path home) {
    try {
      createFolders(home);
      if (!Files.getPosixFilePermissions(home).equals(FOLDER)) {
        Files.setPosixFilePermissions(home, FOLDER);
      }
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST,
          "%s is a file, not a folder; set PADDOCK_HOME to a folder".formatted(home),
          e);
    } catch (IOException e) {
      throw failed("make", home, e);
    }
  }

  /** Opens a file that must be new for writing. */
  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), NEW_FILE);
  }

  /**
   * Makes the file unless it exists. It never opens one that does: closing it would drop the locks
   * that SQLite has on it, see https://sqlite.org/howtocorrupt.html#posix_close_bug.
   */
  static void createIfMissing(Path file) throws IOException {
    try {
      Files.createFile(file, NEW_FILE);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(file)) {
        throw e;
      }
    }
  }

  /** Puts the names in a folder on disk. */
  static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new StoreException(
          ErrorCode.INVALID_REQUEST, "%s has no folder; name a file in one".formatted(file));
    }
    return parent;
  }

  static StoreException failed(String doing, Path file, Exception e) {
    String reason = String.valueOf(e.getMessage());
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota exceeded")) {
      return SqliteErrors.diskFull(file, e);
    }
    if (e instanceof AccessDeniedException
        || e instanceof ReadOnlyFileSystemException
        || lower.contains("read-only file system")) {
      return SqliteErrors.readOnly(file, e);
    }
    return new StoreException(
        e instanceof NoSuchFileException ? ErrorCode.NOT_FOUND : ErrorCode.UNAVAILABLE,
        "cannot %s %s: %s".formatted(doing, file, reason),
        e);
  }
}
