package dev.paddock.sandbox;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A line {@code KEY NUMBER} of a control group's file, read before and after each command; so the
 * file stays open.
 */
final class EventCounter implements AutoCloseable {
  private static final int MOST_BYTES = 512;

  private final Path file;
  private final String key;

  /** Not a channel, which would close for good when a thread that uses it is interrupted. */
  private Optional<RandomAccessFile> open = Optional.empty();

  private boolean closed;

  EventCounter(Path file, String key) {
    this.file = file;
    this.key = key + " ";
  }

  /** Nothing where the file is not there, or not any more. */
  synchronized long value() {
    try {
      if (open.isEmpty() && !closed) {
        open = Optional.of(new RandomAccessFile(file.toFile(), "r"));
      }
      return open.isPresent() ? number(read(open.get())) : 0;
    } catch (FileNotFoundException gone) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(RandomAccessFile from) throws IOException {
    byte[] bytes = new byte[MOST_BYTES];
    from.seek(0);
    int length = Math.max(0, from.read(bytes));
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }

  private long number(String text) {
    return text.lines()
        .filter(line -> line.startsWith(key))
        .map(line -> Long.parseLong(line.substring(key.length()).strip()))
        .findFirst()
        .orElse(0L);
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (open.isPresent()) {
        open.get().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      open = Optional.empty();
    }
  }
}
