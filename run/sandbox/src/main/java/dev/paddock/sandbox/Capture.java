package dev.paddock.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keeps the first and the last half of an output and counts the rest, so that endless output costs
 * bounded memory and both its beginning and its end are seen.
 */
final class Capture {
  private final int headLimit;
  private final int tailLimit;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private byte[] tail = {};
  private int tailStart;
  private int tailLength;
  private long total;

  Capture(long maxBytes) {
    int max = (int) Math.min(maxBytes, Integer.MAX_VALUE - 64);
    this.headLimit = max - max / 2;
    this.tailLimit = max / 2;
  }

  synchronized void write(byte[] bytes, int offset, int length) {
    total += length;
    int intoHead = Math.min(length, headLimit - head.size());
    head.write(bytes, offset, intoHead);
    writeTail(bytes, offset + intoHead, length - intoHead);
  }

  private void writeTail(byte[] bytes, int offset, int length) {
    if (length == 0 || tailLimit == 0) {
      return;
    }
    if (length >= tailLimit) {
      growTail(tailLimit);
      System.arraycopy(bytes, offset + length - tailLimit, tail, 0, tailLimit);
      tailStart = 0;
      tailLength = tailLimit;
      return;
    }
    growTail(tailLength + length);
    int end = (tailStart + tailLength) % tail.length;
    int first = Math.min(length, tail.length - end);
    System.arraycopy(bytes, offset, tail, end, first);
    System.arraycopy(bytes, offset + first, tail, 0, length - first);
    int overwritten = Math.max(0, tailLength + length - tail.length);
    tailStart = (tailStart + overwritten) % tail.length;
    tailLength = tailLength + length - overwritten;
  }

  private void growTail(int wanted) {
    int needed = Math.min(wanted, tailLimit);
    if (needed > tail.length) { // it never wraps before it has its full size
      tail = Arrays.copyOf(tail, Math.min(tailLimit, Math.max(needed, tail.length * 2)));
    }
  }

  synchronized long total() {
    return total;
  }

  synchronized boolean truncated() {
    return total > head.size() + tailLength;
  }

  /** How much was not kept. */
  synchronized long missing() {
    return total - head.size() - tailLength;
  }

  /** What was kept; where something is missing, a line says how much. */
  synchronized byte[] bytes() {
    byte[] first = head.toByteArray();
    byte[] last = new byte[tailLength];
    int untilWrap = Math.min(tailLength, tail.length - tailStart);
    System.arraycopy(tail, tailStart, last, 0, untilWrap);
    System.arraycopy(tail, 0, last, untilWrap, tailLength - untilWrap);
    if (total == first.length + last.length) {
      return concatenate(first, new byte[0], last);
    }
    first = Arrays.copyOf(first, wholeCharacters(first));
    last = Arrays.copyOfRange(last, firstCharacter(last), last.length);
    long missing = total - first.length - last.length;
    String line = "\n[... " + missing + " bytes left out ...]\n";
    return concatenate(first, line.getBytes(StandardCharsets.UTF_8), last);
  }

  /** The length without a UTF-8 sequence that was cut off at the end. */
  static int wholeCharacters(byte[] bytes) {
    for (int back = 1; back <= Math.min(3, bytes.length); back++) {
      int b = bytes[bytes.length - back] & 0xFF;
      if (b < 0x80) {
        return bytes.length;
      }
      if (b >= 0xC0) {
        int sequence = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        return sequence > back ? bytes.length - back : bytes.length;
      }
    }
    return bytes.length;
  }

  private static int firstCharacter(byte[] bytes) {
    int start = 0;
    while (start < Math.min(3, bytes.length) && (bytes[start] & 0xC0) == 0x80) {
      start++;
    }
    return start;
  }

  private static byte[] concatenate(byte[] first, byte[] middle, byte[] last) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(middle);
    all.writeBytes(last);
    return all.toByteArray();
  }
}
