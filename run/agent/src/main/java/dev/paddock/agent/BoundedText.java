package dev.paddock.agent;

import dev.paddock.core.ErrorCode;

/** Text for a pattern that others wrote: looked at so often only, then the match is given up. */
final class BoundedText implements CharSequence {
  private static final long LOOKS_PER_CHAR = 1_000;
  private static final long LEAST_LOOKS = 2_000_000;

  private final CharSequence text;
  private final long[] left;

  BoundedText(CharSequence text) {
    this(text, new long[] {Math.max(LEAST_LOOKS, text.length() * LOOKS_PER_CHAR)});
  }

  private BoundedText(CharSequence text, long[] left) {
    this.text = text;
    this.left = left;
  }

  @Override
  public char charAt(int index) {
    if (left[0]-- <= 0) {
      throw new AgentException(ErrorCode.LIMIT_EXCEEDED, "the pattern takes too long");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new BoundedText(text.subSequence(start, end), left);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
