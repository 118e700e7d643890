package dev.paddock.sandbox;

import java.util.Arrays;

/** Output that nobody has read, with its middle left out where it is too long. */
final class Unread {
  private final int maxBytes;
  private Capture kept;

  Unread(int maxBytes) {
    this.maxBytes = maxBytes;
    kept = new Capture(maxBytes);
  }

  /**
   * @return how much came since it was last taken
   */
  synchronized long add(byte[] bytes, int length) {
    kept.write(bytes, 0, length);
    return kept.total();
  }

  /**
   * @param missing bytes that were left out
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Taken(byte[] bytes, long missing) {}

  /**
   * @param all false: the start of a character whose rest may still come stays
   */
  synchronized Taken take(boolean all) {
    byte[] bytes = kept.bytes();
    long missing = kept.missing();
    kept = new Capture(maxBytes);
    int whole = all ? bytes.length : Capture.wholeCharacters(bytes);
    kept.write(bytes, whole, bytes.length - whole);
    return new Taken(Arrays.copyOf(bytes, whole), missing);
  }
}
