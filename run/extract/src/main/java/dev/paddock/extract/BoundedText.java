package dev.paddock.extract;

import dev.paddock.core.ErrorCode;

/**
 * A text that lets a regular expression look at only so many characters, so that an expression
 * which tries every way to match ends with an error instead of running for ever.
 */
final class BoundedText implements CharSequence {
  private static final int LOOKS_PER_CHARACTER = 2_000;
  private static final long LEAST_LOOKS = 200_000;

  private final CharSequence text;
  private long left;

  BoundedText(CharSequence text) {
    this.text = text;
    this.left = Math.max(LEAST_LOOKS, (long) LOOKS_PER_CHARACTER * text.length());
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new ExtractException(
          ErrorCode.LIMIT_EXCEEDED,
          "a regular expression of the schema takes too long on this document; make it match in fewer ways");
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
