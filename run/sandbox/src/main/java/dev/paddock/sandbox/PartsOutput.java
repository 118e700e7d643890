package dev.paddock.sandbox;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.paddock.core.Sha256;
import dev.paddock.core.spi.Blobs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Cuts an archive into parts, compresses each on its own and stores it under its digest. A part
 * that is stored already is not stored again.
 */
final class PartsOutput extends OutputStream {
  static final int LEAST = 256 << 10;

  /** How much comes on average after the least. */
  static final int USUAL = 2 << 20;

  static final int MOST = 8 << 20;

  /** A file from this size on has parts of its own. */
  static final int LARGE = 1 << 20;

  private static final int LEVEL = 1;
  private static final int AT_ONCE = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);

  private final Blobs blobs;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(2 * AT_ONCE);
  private final List<Future<Stored>> parts = new ArrayList<>();
  private byte[] buffer = new byte[LEAST];
  private int used;

  PartsOutput(Blobs blobs) {
    this.blobs = blobs;
  }

  /** A part, and how many bytes it added to the store. */
  record Stored(SnapshotManifest.Part part, long added) {}

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, MOST - used);
      if (used + count > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.clamp(2L * (used + count), LARGE, MOST));
      }
      System.arraycopy(bytes, offset + done, buffer, used, count);
      used += count;
      done += count;
      if (used == MOST) {
        cut();
      }
    }
  }

  /** Bytes since the last cut. */
  int pending() {
    return used;
  }

  /** Ends a part here. */
  void cut() throws IOException {
    if (used == 0) {
      return;
    }
    byte[] raw = buffer;
    int length = used;
    buffer = new byte[LEAST];
    used = 0;
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the snapshot was cancelled");
    }
    parts.add(
        workers.submit(
            () -> {
              try {
                return store(raw, length);
              } finally {
                room.release();
              }
            }));
  }

  private Stored store(byte[] raw, int length) {
    byte[] frame;
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL).setChecksum(true).setContentSize(true);
      byte[] out = new byte[(int) Zstd.compressBound(length)];
      frame = Arrays.copyOf(out, zstd.compressByteArray(out, 0, out.length, raw, 0, length));
    }
    String sha256 = Sha256.hex(frame);
    boolean known = blobs.contains(sha256);
    if (!known) {
      blobs.put(frame);
    }
    return new Stored(new SnapshotManifest.Part(sha256, length), known ? 0 : frame.length);
  }

  /** All parts in order; waits until they are stored. */
  List<Stored> finish() throws IOException {
    cut();
    List<Stored> stored = new ArrayList<>();
    for (Future<Stored> part : parts) {
      try {
        stored.add(part.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the snapshot was cancelled");
      } catch (ExecutionException e) {
        throw cause(e);
      }
    }
    return stored;
  }

  private static IOException cause(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException r -> throw r;
      case IOException io -> io;
      case null, default -> new IOException(e.getCause());
    };
  }

  /** Waits for what was begun. */
  @Override
  public void close() {
    workers.close();
  }
}
