package dev.paddock.egress;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Bytes with replacements, also over the borders of what is read at a time. It holds back only what
 * may be the beginning of something that is replaced, so that events of a stream pass at once.
 */
final class ReplacingInput extends InputStream {
  private static final int PIECE = 32 << 10;

  private final InputStream in;
  private final Replacements replacements;
  private byte[] window = new byte[2 * PIECE];
  private int held;
  private boolean last;
  private Replacements.Growing ready = new Replacements.Growing(0);
  private int given;

  ReplacingInput(InputStream in, Replacements replacements) {
    this.in = in;
    this.replacements = replacements;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (given == ready.length) {
      if (last) {
        return -1;
      }
      next();
    }
    int count = Math.min(length, ready.length - given);
    System.arraycopy(ready.bytes, given, target, offset, count);
    given += count;
    return count;
  }

  private void next() throws IOException {
    if (window.length - held < PIECE) {
      window = Arrays.copyOf(window, 2 * window.length);
    }
    int count = in.read(window, held, PIECE);
    last = count < 0;
    int length = held + Math.max(count, 0);
    ready = new Replacements.Growing(length + 64);
    given = 0;
    int done = replacements.apply(window, length, last, ready);
    held = length - done;
    System.arraycopy(window, done, window, 0, held);
  }
}
