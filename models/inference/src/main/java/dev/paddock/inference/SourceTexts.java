package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Origin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * The texts that values may be copied from, escaped as in JSON strings, one after the other. A copy
 * starts and ends at the edge of a word and not at white space; a number with its points and commas
 * is one word.
 */
final class SourceTexts {
  private static final int BITS = 21;
  private static final int MAX_BYTES = 1 << 20;
  private static final int RANKED = 4 * CopiedText.MAX_CHARACTERS;
  private static final int BETWEEN_TEXTS = 0;

  private record Part(String name, int from) {}

  final byte[] bytes;

  /** Offsets in {@link #bytes} at which a copy may start, or end, and where characters start. */
  final BitSet starts = new BitSet();

  final BitSet ends = new BitSet();
  final BitSet characters = new BitSet();
  private final List<Part> parts = new ArrayList<>();
  private final int[] charAt;
  private final int[] ranks;

  SourceTexts(Map<String, String> sources, List<String> names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Integer> offsets = new ArrayList<>();
    for (String name : names) {
      String text = sources.getOrDefault(name, "");
      parts.add(new Part(name, out.size()));
      int[] points = text.codePoints().toArray();
      int at = 0;
      for (int i = 0; i <= points.length; i++) {
        characters.set(out.size());
        mark(points, i, out.size());
        if (i < points.length) {
          byte[] spelled = spelled(points[i]);
          for (byte b : spelled) {
            out.write(b);
            offsets.add(at);
          }
          at += Character.charCount(points[i]);
          limit(out.size());
        }
      }
      out.write(BETWEEN_TEXTS);
      offsets.add(at);
    }
    bytes = out.toByteArray();
    ranks = ranks(bytes);
    charAt = offsets.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void limit(int size) {
    if (size > MAX_BYTES) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the texts to copy from are together larger than " + MAX_BYTES + " bytes");
    }
  }

  private static byte[] spelled(int c) {
    if (Character.getType(c) == Character.SURROGATE) {
      return new byte[] {BETWEEN_TEXTS};
    }
    StringBuilder out = new StringBuilder();
    CanonicalJson.escape(c, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void mark(int[] points, int i, int offset) {
    if (inWord(points, i)) {
      return;
    }
    if (i < points.length && !blank(points[i])) {
      starts.set(offset);
    }
    if (i > 0 && !blank(points[i - 1])) {
      ends.set(offset);
    }
  }

  /** Whether the place before the character is inside of a word. */
  private static boolean inWord(int[] points, int i) {
    if (i == 0 || i == points.length) {
      return false;
    }
    int before = points[i - 1];
    int after = points[i];
    boolean joined = joins(before) && i > 1 && digit(points[i - 2]) && digit(after);
    boolean joining =
        digit(before) && joins(after) && i + 1 < points.length && digit(points[i + 1]);
    return word(before) && word(after) || joined || joining;
  }

  private static boolean word(int c) {
    int type = Character.getType(c);
    boolean mark =
        type == Character.NON_SPACING_MARK
            || type == Character.COMBINING_SPACING_MARK
            || type == Character.ENCLOSING_MARK;
    return Character.isLetterOrDigit(c) || c == '_' || mark || c == 0x200d;
  }

  private static boolean joins(int c) {
    return c == '.' || c == ',' || c == '\'' || c == 0x2019;
  }

  private static boolean digit(int c) {
    return Character.isDigit(c);
  }

  private static boolean blank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  Origin.Span span(int start, int end) {
    Part part = parts.getFirst();
    for (Part p : parts) {
      part = p.from <= start ? p : part;
    }
    return new Origin.Span(part.name, charAt[start], charAt[end]);
  }

  /**
   * The order of all offsets by at least so many bytes that follow them, found by doubling: what is
   * ordered by n bytes is ordered by 2n once each half has a rank.
   */
  private static int[] ranks(byte[] bytes) {
    int n = bytes.length;
    int[] ranks = new int[n];
    for (int i = 0; i < n; i++) {
      ranks[i] = (bytes[i] & 0xff) + 1;
    }
    long[] keys = new long[n];
    boolean tied = true;
    for (int width = 1; tied && width < RANKED; width *= 2) {
      for (int i = 0; i < n; i++) {
        long second = i + width < n ? ranks[i + width] : 0;
        keys[i] = ((long) ranks[i] << BITS | second) << BITS | i;
      }
      Arrays.sort(keys);
      tied = false;
      int rank = 0;
      for (int i = 0; i < n; i++) {
        boolean same = i > 0 && keys[i] >> BITS == keys[i - 1] >> BITS;
        tied |= same;
        rank += same ? 0 : 1;
        ranks[(int) (keys[i] & (1 << BITS) - 1)] = rank;
      }
    }
    return ranks;
  }

  /** Where an offset stands in the order by what follows it. */
  int rank(int offset) {
    return ranks[offset];
  }

  /** The byte at an offset, -1 where a text ends. */
  int at(int offset) {
    return offset >= bytes.length || bytes[offset] == BETWEEN_TEXTS ? -1 : bytes[offset] & 0xff;
  }
}
