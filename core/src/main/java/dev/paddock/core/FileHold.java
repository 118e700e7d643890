package dev.paddock.core;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A file that one holder has, of all processes. The system's lock goes with the process. */
public final class FileHold implements Closeable {
  /** Closing any channel of a file gives up the process's lock on it, so it is opened once. */
  private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

  private final Object key;
  private final FileChannel channel;

  private FileHold(Object key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Makes the file if it is missing; empty while another one has it, or where its folder is gone.
   */
  public static Optional<FileHold> take(Path file) throws IOException {
    try {
      Object key = key(file);
      return HELD.add(key) ? take(file, key) : Optional.empty();
    } catch (NoSuchFileException removed) {
      return Optional.empty();
    }
  }

  private static Optional<FileHold> take(Path file, Object key) throws IOException {
    boolean taken = false;
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        taken = locked(channel);
        return taken ? Optional.of(new FileHold(key, channel)) : Optional.empty();
      } finally {
        if (!taken) {
          channel.close();
        }
      }
    } finally {
      if (!taken) {
        HELD.remove(key);
      }
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException closing) { // by a holder of this process
      return false;
    }
  }

  /** The same when the folder gets another name or is reached through a link. */
  private static Object key(Path file) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Object inode = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    return List.of(Objects.requireNonNullElse(inode, folder), file.getFileName());
  }

  @Override
  public void close() throws IOException {
    HELD.remove(key);
    channel.close();
  }
}
