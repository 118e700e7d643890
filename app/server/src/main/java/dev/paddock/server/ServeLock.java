package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees to it that one server uses a home with a file database. The system's lock goes with the
 * process, however it ends.
 */
public final class ServeLock implements AutoCloseable {
  /**
   * The addresses of this process's servers by their lock files. Closing any channel of a file
   * gives up the process's lock on it, so one that is held is not even read.
   */
  private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;

  private ServeLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Refused with the first server's address while that one runs. */
  public static ServeLock take(Path home) {
    Path file = home.resolve("serve.lock").toAbsolutePath().normalize();
    String known = HELD.putIfAbsent(file, "");
    if (known != null) {
      throw taken(home, known);
    }
    try {
      return new ServeLock(file, lock(home, file));
    } catch (IOException e) {
      HELD.remove(file);
      throw new ServerException(ErrorCode.READ_ONLY, "cannot lock " + file + ": " + e);
    }
  }

  private static FileChannel lock(Path home, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    if (channel.tryLock() == null) {
      channel.close();
      HELD.remove(file);
      throw taken(home, Files.readString(file).strip());
    }
    channel.truncate(0);
    return channel;
  }

  private static ServerException taken(Path home, String address) {
    return new ServerException(
        ErrorCode.INVALID_REQUEST,
        "a server already uses %s: %s. Use that one, or set PADDOCK_HOME to another folder"
            .formatted(home, address.isEmpty() ? "it is starting" : address));
  }

  /** Tells who asks next where this server is. */
  public void announce(String address) {
    HELD.put(file, address);
    try {
      channel.write(ByteBuffer.wrap((address + "\n").getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw new ServerException(ErrorCode.READ_ONLY, "cannot write the lock file: " + e);
    }
  }

  @Override
  public void close() {
    try {
      channel.truncate(0);
      channel.close();
      HELD.remove(file);
    } catch (IOException e) {
      throw new ServerException(ErrorCode.READ_ONLY, "cannot release the lock file: " + e);
    }
  }
}
