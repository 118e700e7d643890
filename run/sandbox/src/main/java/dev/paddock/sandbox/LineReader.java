package dev.paddock.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines of a file of any size, one at a time, without their ends; bytes that are not UTF-8
 * become U+FFFD.
 */
final class LineReader {
  private final InputStream in;
  private final int maxLineBytes;
  private final byte[] buffer = new byte[64 << 10];
  private final byte[] start;
  private int at;
  private int limit;
  private byte[] line = new byte[256];
  private int length;
  private boolean cut;

  LineReader(InputStream in, int maxLineBytes) throws IOException {
    this.in = in;
    this.maxLineBytes = maxLineBytes;
    limit = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
    start = Arrays.copyOf(buffer, limit);
  }

  /** The file's first bytes. */
  byte[] start() {
    return start.clone();
  }

  boolean binary() {
    return FileText.looksBinary(start, start.length);
  }

  /** Goes to the next line; false at the end. */
  boolean next() throws IOException {
    length = 0;
    cut = false;
    if (at == limit && !fill()) {
      return false;
    }
    while (true) {
      int end = at;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      append(at, end);
      if (end < limit) {
        at = end + 1;
        return true;
      }
      if (!fill()) {
        return true;
      }
    }
  }

  String line() {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    return new String(line, 0, end, StandardCharsets.UTF_8);
  }

  /** Whether the line was longer than the limit, so that its rest is missing. */
  boolean cut() {
    return cut;
  }

  private boolean fill() throws IOException {
    at = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  private void append(int from, int to) {
    int count = Math.min(to - from, maxLineBytes - length);
    cut |= count < to - from;
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.min(maxLineBytes, Math.max(line.length * 2, length + count)));
    }
    System.arraycopy(buffer, from, line, length, count);
    length += count;
  }
}
