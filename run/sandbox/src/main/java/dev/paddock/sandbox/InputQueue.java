package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** What is typed for a process that may not read it yet; written aside, in order. */
final class InputQueue {
  static final int MAX_BYTES = 1 << 20;

  private final OutputStream to;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int bytes;
  private boolean writing;

  InputQueue(OutputStream to) {
    this.to = to;
  }

  /** {@code LIMIT_EXCEEDED} where the process does not read. */
  synchronized void add(byte[] typed) {
    if (bytes + typed.length > MAX_BYTES) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "the process has not read %,d bytes that were typed before; at most %s wait"
              .formatted(bytes, Verdict.size(MAX_BYTES)));
    }
    waiting.add(typed);
    bytes += typed.length;
    if (!writing) {
      writing = true;
      Pump.start(this::write);
    }
  }

  private void write() {
    for (byte[] next = next(); next.length > 0; next = next()) {
      try {
        to.write(next);
        written(next.length);
      } catch (IOException | IllegalStateException processGone) {
        return;
      }
    }
  }

  private synchronized byte[] next() {
    byte[] next = waiting.poll();
    writing = next != null;
    return next == null ? new byte[0] : next;
  }

  private synchronized void written(int count) {
    bytes -= count;
  }
}
