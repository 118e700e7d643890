package dev.paddock.egress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of one body, without the marks of chunks; ends where the body ends. */
final class BodyInput extends InputStream {
  private static final int LINE_BYTES = 4096;
  private static final int TRAILER_BYTES = 16 << 10;

  private final HttpInput in;
  private final Framing framing;
  private long left;
  private boolean first = true;
  private boolean ended;

  BodyInput(HttpInput in, Framing framing) {
    this.in = in;
    this.framing = framing;
    this.left = framing instanceof Framing.Length length ? length.bytes() : 0;
    this.ended = framing instanceof Framing.None;
  }

  /** Whether all of it has been read. */
  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    return switch (framing) {
      case Framing.None none -> -1;
      case Framing.UntilClose untilClose -> untilClose(target, offset, length);
      case Framing.Length fixed -> {
        if (left == 0) {
          ended = true;
          yield -1;
        }
        yield some(target, offset, length);
      }
      case Framing.Chunked chunked -> {
        if (left == 0 && !nextChunk()) {
          ended = true;
          yield -1;
        }
        yield some(target, offset, length);
      }
    };
  }

  private int untilClose(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, length);
    ended = count < 0;
    return count;
  }

  private int some(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the body ends before its end");
    }
    left -= count;
    if (left == 0 && framing instanceof Framing.Length) {
      ended = true;
    }
    return count;
  }

  private boolean nextChunk() throws IOException {
    if (!first && !in.line(new HttpInput.Budget(2)).isEmpty()) {
      throw new BadMessage("a chunk longer than it says");
    }
    first = false;
    String line = in.line(new HttpInput.Budget(LINE_BYTES));
    int end = 0;
    while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
      end++;
    }
    String rest = line.substring(end).strip();
    if (end == 0 || end > 15 || !(rest.isEmpty() || rest.startsWith(";"))) {
      throw new BadMessage("not the length of a chunk: " + Text.quoted(line));
    }
    left = Long.parseLong(line.substring(0, end), 16);
    if (left == 0) {
      in.fields(new HttpInput.Budget(TRAILER_BYTES));
    }
    return left > 0;
  }
}
