package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.FileHold;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.CallJournal;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolResult;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A session's calls in one append-only file, beside its workspace and never in its box. That a call
 * begins is on disk before it runs. Its result outlives the process at once and is on disk with the
 * next call: after a power cut in between, it is as lost as what the call wrote may be, and the
 * call counts as interrupted. One process at a time holds the file.
 */
public final class FileJournal implements CallJournal {
  /** A larger result is stored as a blob. */
  static final int MAX_INLINE_BYTES = 64 << 10;

  private static final long BEGUN = -1;
  private static final long MAX_RESULT_BYTES = 64L << 20;
  private static final int WINDOW_BYTES = 4 << 20;

  private final Path path;

  /** Not a channel, which would close for good when a thread that uses it is interrupted. */
  private final RandomAccessFile file;

  /** Ends with the file, whose closing gives up the lock; none for a view. */
  private final Optional<FileHold> hold;

  private final Blobs blobs;

  /** Where a call's result frame starts; {@link #BEGUN} while it has none. */
  private final Map<EventId, Long> calls = new HashMap<>();

  private long end;

  private FileJournal(Path path, RandomAccessFile file, Optional<FileHold> hold, Blobs blobs) {
    this.path = path;
    this.file = file;
    this.hold = hold;
    this.blobs = blobs;
  }

  /**
   * Opens or creates a journal. A frame that a crash cut off at the end is dropped.
   *
   * @throws SandboxException {@code BUSY} while another process has it open, {@code CORRUPT} where
   *     whole frames follow a damaged one
   */
  public static FileJournal open(Path path, Blobs blobs) {
    try {
      boolean isNew = !Files.exists(path);
      if (isNew) {
        create(path);
      }
      FileHold hold =
          FileHold.take(path)
              .orElseThrow(
                  () ->
                      new SandboxException(
                          ErrorCode.BUSY,
                          "%s is in use by another run of this session; wait for it"
                              .formatted(path)));
      try {
        return open(path, "rw", Optional.of(hold), blobs, FileJournal::cut);
      } catch (IOException | RuntimeException e) {
        hold.close();
        throw e;
      }
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private static void create(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** What another process's journal holds now, for {@link #lookup} only. */
  static FileJournal view(Path path, Blobs blobs) {
    try {
      return open(path, "r", Optional.empty(), blobs, (journal, size) -> {});
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private static FileJournal open(
      Path path, String mode, Optional<FileHold> hold, Blobs blobs, TornEnd torn)
      throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), mode);
    try {
      FileJournal journal = new FileJournal(path, file, hold, blobs);
      journal.read(torn);
      return journal;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void cut(long size) throws IOException {
    requireTornEnd(size);
    file.setLength(end);
    file.getFD().sync();
  }

  /** What to do where whole frames end before the file does. */
  private interface TornEnd {
    void at(FileJournal journal, long size) throws IOException;
  }

  private void read(TornEnd torn) throws IOException {
    long size = file.length();
    ByteBuffer window = ByteBuffer.allocate(0);
    while (end < size) {
      if (window.remaining() < JournalFrame.MAX_BYTES) {
        window = window(end, size);
      }
      Optional<JournalFrame> frame = JournalFrame.decode(window.slice());
      if (frame.isEmpty()) {
        torn.at(this, size);
        return;
      }
      calls.put(frame.get().call(), frame.get().isBegin() ? BEGUN : end);
      int length = JournalFrame.length(window);
      window.position(window.position() + length);
      end += length;
    }
  }

  /** Part of the file, large enough for any frame that starts in its first part. */
  private ByteBuffer window(long start, long size) throws IOException {
    byte[] bytes = new byte[(int) Math.min(WINDOW_BYTES, size - start)];
    file.seek(start);
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private void requireTornEnd(long size) throws IOException {
    int step = WINDOW_BYTES - JournalFrame.MAX_BYTES;
    for (long start = end + 1; start < size; start += step) {
      ByteBuffer window = window(start, size);
      for (int at = 0; at < Math.min(step, window.limit()); at++) {
        if (JournalFrame.decode(window.position(at).slice()).isPresent()) {
          throw new SandboxException(
              ErrorCode.CORRUPT,
              ("%s is damaged at byte %,d, and calls were noted after it. Restore it from a backup;"
                      + " without it calls in flight may run a second time")
                  .formatted(path, end));
        }
      }
    }
  }

  @Override
  public boolean begin(EventId callId) {
    synchronized (this) {
      if (calls.containsKey(callId)) {
        return false;
      }
      append(JournalFrame.begin(callId));
      calls.put(callId, BEGUN);
    }
    sync();
    return true;
  }

  @Override
  public void complete(EventId callId, ToolResult result) {
    JournalFrame frame = frameOf(callId, result);
    synchronized (this) {
      Long known = calls.get(callId);
      if (known == null || known != BEGUN) {
        throw new IllegalStateException(
            "call %s %s".formatted(callId, known == null ? "never began" : "has a result already"));
      }
      calls.put(callId, append(frame));
    }
  }

  private void sync() {
    try {
      file.getFD().sync();
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private JournalFrame frameOf(EventId callId, ToolResult result) {
    byte[] json = Json.bytes(result);
    if (json.length <= MAX_INLINE_BYTES) {
      return new JournalFrame(callId, Optional.of(result), Optional.empty());
    }
    return new JournalFrame(callId, Optional.empty(), Optional.of(blobs.put(json)));
  }

  @Override
  public Outcome lookup(EventId callId) {
    JournalFrame frame;
    synchronized (this) {
      Long start = calls.get(callId);
      if (start == null) {
        return new Outcome.NotStarted();
      }
      if (start == BEGUN) {
        return new Outcome.Interrupted();
      }
      frame = read(start);
    }
    Optional<ToolResult> result =
        frame
            .result()
            .or(
                () ->
                    frame
                        .blob()
                        .flatMap(sha256 -> blobs.read(sha256, MAX_RESULT_BYTES))
                        .map(json -> Json.read(json, ToolResult.class)));
    return result.<Outcome>map(Outcome.Done::new).orElseGet(Outcome.Interrupted::new);
  }

  private JournalFrame read(long start) {
    try {
      byte[] bytes = new byte[(int) Math.min(end - start, JournalFrame.MAX_BYTES)];
      file.seek(start);
      file.readFully(bytes);
      return JournalFrame.decode(ByteBuffer.wrap(bytes))
          .orElseThrow(
              () ->
                  new SandboxException(
                      ErrorCode.CORRUPT, "%s is damaged at byte %,d".formatted(path, start)));
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private long append(JournalFrame frame) {
    byte[] bytes = frame.encode();
    long start = end;
    try {
      file.seek(start);
      file.write(bytes);
    } catch (IOException e) {
      SandboxException failure = failure(path, e);
      try {
        file.setLength(start);
      } catch (IOException again) {
        failure.addSuppressed(again);
      }
      throw failure;
    }
    end = start + bytes.length;
    return start;
  }

  private static SandboxException failure(Path path, IOException e) {
    String reason = String.valueOf(e.getMessage());
    boolean full = reason.contains("No space left") || reason.contains("quota");
    return new SandboxException(
        full ? ErrorCode.DISK_FULL : ErrorCode.UNAVAILABLE,
        "cannot use the call journal %s: %s".formatted(path, reason),
        e);
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
      if (hold.isPresent()) {
        hold.get().close();
      }
    } catch (IOException e) {
      throw failure(path, e);
    }
  }
}
