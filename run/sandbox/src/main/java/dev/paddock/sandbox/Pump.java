package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Moves bytes between a box and memory, on threads that may block. */
final class Pump {
  /** A command that writes more than this is not worth reading on. */
  static final long FLOOD_BYTES = 256L << 20;

  static final int BUFFER_BYTES = 64 << 10;

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("paddock-pump-", 0).factory());

  private Pump() {}

  static void start(Runnable work) {
    THREADS.execute(work);
  }

  /** Reads an output to its end. */
  static Future<?> capture(Box box, InputStream from, Capture into) {
    return THREADS.submit(
        () -> {
          byte[] buffer = new byte[BUFFER_BYTES];
          int read;
          while ((read = read(from, buffer)) >= 0) {
            into.write(buffer, 0, read);
            if (into.total() > FLOOD_BYTES) {
              box.kill(KilledBy.OUTPUT);
            }
          }
        });
  }

  /** Writes an input and closes it; a reader that has gone away is no error. */
  static Future<?> feed(byte[] bytes, OutputStream to) {
    return THREADS.submit(
        () -> {
          try (to) {
            to.write(bytes);
          } catch (IOException readerGone) {
            return;
          }
        });
  }

  /** Like {@link InputStream#read(byte[])}; a stream closed by the end of the box is at its end. */
  static int read(InputStream from, byte[] buffer) {
    try {
      return from.read(buffer);
    } catch (IOException closed) {
      return -1;
    }
  }
}
