package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * This process's own folder for what its boxes need: only its user can enter it. A lock tells
 * whether its process lives; folders of dead processes are removed, with the control groups that
 * they note.
 */
final class RunFolder {
  private static final String PREFIX = "run-";
  private static final String LOCK = "lock";
  private static final String CONTROL_GROUPS = "control-groups";

  private final Path path;
  private final FileLock lock;

  private RunFolder(Path path, FileLock lock) {
    this.path = path;
    this.lock = lock;
  }

  static RunFolder create(Path base) {
    try {
      Files.createDirectories(base);
      sweep(base);
      // the lock is taken before the folder has its name, so that nobody sweeps a living one
      Path fresh = base.resolve(".new-" + UUID.randomUUID());
      Files.createDirectory(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileLock lock = lock(fresh);
      if (lock == null) {
        throw new SandboxException(ErrorCode.BUSY, "cannot lock the new folder " + fresh);
      }
      Path path = base.resolve(PREFIX + UUID.randomUUID().toString().substring(0, 8));
      Files.move(fresh, path);
      return new RunFolder(path, lock);
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "cannot make a folder for sandboxes in " + base, e);
    }
  }

  Path path() {
    return path;
  }

  /** A word that no other run folder has. */
  String name() {
    return path.getFileName().toString();
  }

  /** Notes a control group before it is made, so that it can be removed after a crash. */
  void note(List<Path> controlGroups) {
    StringBuilder lines = new StringBuilder();
    controlGroups.forEach(folder -> lines.append(folder).append('\n'));
    try {
      Files.writeString(
          path.resolve(CONTROL_GROUPS),
          lines,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot write to " + path, e);
    }
  }

  void remove() {
    try {
      delete(path);
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot remove " + path, e);
    }
  }

  private static void sweep(Path base) throws IOException {
    List<Path> folders;
    try (Stream<Path> entries = Files.list(base)) {
      folders =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
              .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
              .toList();
    }
    for (Path folder : folders) {
      FileLock lock = lock(folder);
      if (lock != null) {
        Path noted = folder.resolve(CONTROL_GROUPS);
        if (Files.exists(noted)) {
          Files.readAllLines(noted).stream().map(Path::of).forEach(CgroupFolders::remove);
        }
        delete(folder);
        lock.acquiredBy().close();
      }
    }
  }

  /** The lock of a folder, or null while its process lives or when another one just removed it. */
  private static @Nullable FileLock lock(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (NoSuchFileException removed) {
      return null;
    }
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
    }
    return lock;
  }

  /** Deletes a tree without following links, including folders that deny their owner. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwx------"));
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path folder, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) { // whoever made it has removed it meanwhile
              return FileVisitResult.CONTINUE;
            }
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || Files.isReadable(folder)) {
              throw e;
            }
            delete(folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
