package dev.paddock.egress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Strings of bytes, and what stands for each. Of several that fit, the longest is taken. */
final class Replacements {
  static final Replacements NONE = new Replacements(Map.of());

  private final List<Pair> pairs = new ArrayList<>();
  private final boolean[] first = new boolean[256];

  @SuppressWarnings("ArrayRecordComponent") // bytes to be passed on, never compared
  private record Pair(byte[] from, byte[] to) {}

  Replacements(Map<String, String> replaced) {
    Map<String, String> all = new LinkedHashMap<>(replaced);
    all.remove("");
    all.forEach(
        (from, to) ->
            pairs.add(
                new Pair(
                    from.getBytes(StandardCharsets.UTF_8), to.getBytes(StandardCharsets.UTF_8))));
    pairs.sort(Comparator.comparingInt((Pair pair) -> pair.from().length).reversed());
    pairs.forEach(pair -> first[pair.from()[0] & 0xFF] = true);
  }

  boolean isEmpty() {
    return pairs.isEmpty();
  }

  /** In a header's value, whose characters are bytes. */
  String inHeader(String value) {
    if (isEmpty()) {
      return value;
    }
    byte[] bytes = HttpInput.bytes(value);
    Growing out = new Growing(bytes.length + 16);
    apply(bytes, bytes.length, true, out);
    return new String(out.bytes, 0, out.length, StandardCharsets.ISO_8859_1);
  }

  byte[] in(byte[] bytes) {
    Growing out = new Growing(bytes.length + 16);
    apply(bytes, bytes.length, true, out);
    return Arrays.copyOf(out.bytes, out.length);
  }

  /**
   * Replaces in the first bytes of a window.
   *
   * @param last whether nothing follows
   * @return how many bytes are done; the others may be the beginning of something
   */
  int apply(byte[] window, int length, boolean last, Growing out) {
    int plain = 0;
    int i = 0;
    while (i < length) {
      if (!first[window[i] & 0xFF]) {
        i++;
        continue;
      }
      int taken = 0;
      for (Pair pair : pairs) {
        int common = common(window, i, length, pair.from());
        if (common == pair.from().length) {
          out.add(window, plain, i - plain);
          out.add(pair.to(), 0, pair.to().length);
          taken = common;
          break;
        }
        if (i + common == length && !last) {
          out.add(window, plain, i - plain);
          return i;
        }
      }
      i += Math.max(taken, 1);
      plain = taken > 0 ? i : plain;
    }
    out.add(window, plain, length - plain);
    return length;
  }

  private static int common(byte[] window, int from, int end, byte[] wanted) {
    int count = 0;
    while (count < wanted.length && from + count < end && window[from + count] == wanted[count]) {
      count++;
    }
    return count;
  }

  /** Bytes that become more. */
  static final class Growing {
    byte[] bytes;
    int length;

    Growing(int capacity) {
      bytes = new byte[capacity];
    }

    void add(byte[] source, int offset, int count) {
      if (length + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
      }
      System.arraycopy(source, offset, bytes, length, count);
      length += count;
    }
  }
}
