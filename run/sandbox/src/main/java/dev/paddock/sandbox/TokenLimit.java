package dev.paddock.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * A text of at most so many tokens, at four bytes each, with its middle left out where it has more.
 *
 * @param originalTokens of the whole, where something was left out
 */
record TokenLimit(String text, OptionalLong originalTokens) {
  private static final int BYTES_PER_TOKEN = 4;

  /**
   * @param missingBytes what is missing in the text already
   */
  static TokenLimit of(String text, long maxTokens, long missingBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long total = tokens(bytes.length + missingBytes);
    long limit = maxTokens * BYTES_PER_TOKEN;
    if (bytes.length <= limit) {
      return new TokenLimit(
          text, missingBytes == 0 ? OptionalLong.empty() : OptionalLong.of(total));
    }
    String head = "Total output lines: %d\n\n".formatted(text.lines().count());
    int mark = mark(total).getBytes(StandardCharsets.UTF_8).length;
    head = head.length() + mark > limit ? "" : head;
    int room = (int) Math.max(0, limit - head.length() - mark);
    int first = room / 2;
    int last = bytes.length - (room - first);
    while (first > 0 && isContinued(bytes, first)) {
      first--;
    }
    while (last < bytes.length && isContinued(bytes, last)) {
      last++;
    }
    String shortened =
        head
            + new String(bytes, 0, first, StandardCharsets.UTF_8)
            + mark(tokens(last - first + missingBytes))
            + new String(bytes, last, bytes.length - last, StandardCharsets.UTF_8);
    return new TokenLimit(shortened, OptionalLong.of(total));
  }

  private static String mark(long tokens) {
    return "…%d tokens truncated…".formatted(tokens);
  }

  private static long tokens(long bytes) {
    return Math.ceilDiv(bytes, BYTES_PER_TOKEN);
  }

  /** Whether a character goes on at this byte. */
  private static boolean isContinued(byte[] bytes, int at) {
    return (bytes[at] & 0xc0) == 0x80;
  }
}
