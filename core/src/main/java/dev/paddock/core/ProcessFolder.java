package dev.paddock.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A folder that only this process's user can enter and that lasts no longer than the process. A
 * lock in it tells whether its process lives; what dead ones left is removed by the next.
 */
public final class ProcessFolder {
  private static final String LOCK = "lock";
  private static final String NEW = ".new-";
  private static final int ATTEMPTS = 10;

  private final Path path;
  private final FileHold hold;
  private final Removal removal;

  private ProcessFolder(Path path, FileHold hold, Removal removal) {
    this.path = path;
    this.hold = hold;
    this.removal = removal;
  }

  /** Ends what a folder stands for and removes it. */
  @FunctionalInterface
  public interface Removal {
    void remove(Path folder) throws IOException;
  }

  /**
   * @param base exists
   * @param prefix of the folder's name, before 8 hexadecimal digits
   */
  public static ProcessFolder create(Path base, String prefix, Removal removal) throws IOException {
    sweep(base, prefix, removal);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String name = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
      // the lock is taken before the folder has its name, so that nobody sweeps a living one
      Path fresh =
          Files.createDirectory(
              base.resolve(NEW + name),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Optional<FileHold> hold = FileHold.take(fresh.resolve(LOCK));
      if (hold.isPresent()) {
        Path path = Files.move(fresh, base.resolve(prefix + name));
        return new ProcessFolder(path, hold.get(), removal);
      }
      // another process swept it before it was locked
    }
    throw new IOException("cannot lock a new folder in " + base);
  }

  /**
   * Removes what dead processes left.
   *
   * @return how many folders
   */
  public static int sweep(Path base, String prefix, Removal removal) throws IOException {
    int removed = 0;
    List<Path> folders;
    try (Stream<Path> entries = Files.list(base)) {
      folders =
          entries
              .filter(entry -> isName(entry, prefix) || isName(entry, NEW))
              .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
              .toList();
    }
    for (Path folder : folders) {
      Optional<FileHold> hold = FileHold.take(folder.resolve(LOCK));
      if (hold.isPresent()) {
        new ProcessFolder(folder, hold.get(), removal).remove();
        removed++;
      }
    }
    return removed;
  }

  private static boolean isName(Path entry, String prefix) {
    String name = String.valueOf(entry.getFileName());
    return name.startsWith(prefix) && name.substring(prefix.length()).matches("[0-9a-f]{8}");
  }

  public Path path() {
    return path;
  }

  /** Before the process ends. */
  public void remove() throws IOException {
    try {
      removal.remove(path);
    } finally {
      hold.close();
    }
  }
}
