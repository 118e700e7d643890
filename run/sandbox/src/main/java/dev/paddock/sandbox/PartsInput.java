package dev.paddock.sandbox;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Sha256;
import dev.paddock.core.spi.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The archive that stored parts make up, each checked before a byte of it is seen. */
final class PartsInput extends InputStream {
  private static final int AHEAD = 2;
  private static final long MAX_FRAME = Zstd.compressBound(PartsOutput.MOST);

  private final Blobs blobs;
  private final Iterator<SnapshotManifest.Part> parts;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<Future<byte[]>> coming = new ArrayDeque<>();
  private byte[] part = new byte[0];
  private int at;

  PartsInput(Blobs blobs, List<SnapshotManifest.Part> parts) {
    this.blobs = blobs;
    this.parts = parts.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == part.length) {
      while (coming.size() < AHEAD && parts.hasNext()) {
        SnapshotManifest.Part next = parts.next();
        coming.add(workers.submit(() -> load(next)));
      }
      if (coming.isEmpty()) {
        return -1;
      }
      part = wait(coming.remove());
      at = 0;
    }
    int count = Math.min(length, part.length - at);
    System.arraycopy(part, at, buffer, offset, count);
    at += count;
    return count;
  }

  private static byte[] wait(Future<byte[]> part) throws IOException {
    try {
      return part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the restore was cancelled");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IOException(e.getCause());
    }
  }

  private byte[] load(SnapshotManifest.Part wanted) {
    byte[] frame = frame(blobs, wanted);
    try {
      if (Zstd.getFrameContentSize(frame) != wanted.size()) {
        throw damaged(wanted.sha256(), "it holds another number of bytes than the manifest says");
      }
      return Zstd.decompress(frame, (int) wanted.size());
    } catch (ZstdException e) {
      throw damaged(wanted.sha256(), String.valueOf(e.getMessage()));
    }
  }

  /** The compressed bytes of a part, which are those of its address. */
  static byte[] frame(Blobs blobs, SnapshotManifest.Part wanted) {
    if (wanted.size() < 0 || wanted.size() > PartsOutput.MOST) {
      throw damaged(wanted.sha256(), "%,d bytes are no part's size".formatted(wanted.size()));
    }
    byte[] frame =
        blobs
            .read(wanted.sha256(), MAX_FRAME)
            .orElseThrow(
                () ->
                    new SandboxException(
                        ErrorCode.NOT_FOUND,
                        "part %s of the snapshot is gone from the store"
                            .formatted(wanted.sha256())));
    if (!Sha256.hex(frame).equals(wanted.sha256())) {
      throw damaged(wanted.sha256(), "its bytes have another digest");
    }
    return frame;
  }

  private static SandboxException damaged(String part, String why) {
    return new SandboxException(
        ErrorCode.CORRUPT, "part %s of the snapshot is damaged: %s".formatted(part, why));
  }

  @Override
  public void close() {
    workers.close();
  }
}
