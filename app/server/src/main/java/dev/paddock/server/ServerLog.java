package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One JSON object a line. Lines are written by a thread of their own: when the reader of the log
 * stops reading, lines are dropped and counted, and requests go on.
 */
public final class ServerLog implements AutoCloseable {
  private static final int WAITING = 8192;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final PrintStream out;
  private final Thread writer;

  /** How grave a line is. */
  public enum Level {
    INFO,
    WARN,
    ERROR
  }

  public static ServerLog onStderr() {
    return new ServerLog(System.err);
  }

  public ServerLog(PrintStream out) {
    this.out = out;
    this.writer = Thread.ofPlatform().daemon().name("log").start(this::run);
  }

  /** A line's start; the caller adds what there is to say, never a key, header or body. */
  public ObjectNode line(Level level, String event) {
    return Json.object()
        .put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("level", level.name().toLowerCase(Locale.ROOT))
        .put("event", event);
  }

  public void write(ObjectNode line) {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      line.put("dropped_lines", lost);
    }
    if (!lines.offer((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8))) {
      dropped.addAndGet(lost + 1);
    }
  }

  /** A failure of ours, with where it happened. */
  public void failure(String event, String requestId, Throwable failure) {
    ObjectNode line = line(Level.ERROR, event).put("request_id", requestId);
    StringBuilder trace = new StringBuilder();
    int depth = 0;
    for (Throwable at = failure; at != null && depth < 5; at = at.getCause(), depth++) {
      trace.append(depth == 0 ? "" : "; caused by ").append(at);
      int frames = 0;
      for (StackTraceElement frame : at.getStackTrace()) {
        if (frames++ == 12) {
          break;
        }
        trace.append(" < ").append(frame);
      }
    }
    write(line.put("failure", trace.toString()));
  }

  private void run() {
    try {
      for (byte[] line = lines.take(); line.length > 0; line = lines.take()) {
        out.write(line, 0, line.length);
        if (lines.isEmpty()) {
          out.flush();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    out.flush();
  }

  /** Waits a moment for what is not written yet. */
  @Override
  public void close() {
    try {
      if (lines.offer(END, 1, java.util.concurrent.TimeUnit.SECONDS)) {
        writer.join(1000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
