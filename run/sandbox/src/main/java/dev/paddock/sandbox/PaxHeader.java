package dev.paddock.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What extended headers say of the entry that follows them, as pax has it (POSIX.1-2017, pax, "pax
 * Header Block"); GNU's long names are put in beside.
 */
final class PaxHeader {
  private static final int MAX_TIME = 40;
  private static final Pattern TIME = Pattern.compile("(-?)(\\d{1,10})(?:\\.(\\d{1,25}))?");

  /** Extended keys that change nothing that is kept. */
  private static final Set<String> HARMLESS =
      Set.of("atime", "ctime", "uid", "gid", "uname", "gname", "comment", "charset", "hdrcharset");

  private final Map<String, byte[]> values = new HashMap<>();

  void put(String key, byte[] value) {
    if (values.put(key, value) != null) {
      throw TreeWriter.hostile("an extended header says \"%s\" twice".formatted(key));
    }
  }

  Optional<byte[]> bytes(String key) {
    return Optional.ofNullable(values.get(key));
  }

  private Optional<String> text(String key) {
    return bytes(key).map(value -> new String(value, StandardCharsets.ISO_8859_1));
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** In bytes. */
  OptionalLong size() {
    return text("size").map(PaxHeader::size).map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  /** In nanoseconds since the epoch. */
  OptionalLong modified() {
    return text("mtime").map(PaxHeader::time).map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  /** Takes what the records of a header of type {@code x} or {@code g} say. */
  void read(byte[] records) {
    int at = 0;
    while (at < records.length) {
      int space = indexOf(records, ' ', at, Math.min(records.length, at + 8));
      int length = space < 0 ? 0 : length(records, at, space);
      int equals = space < 0 ? -1 : indexOf(records, '=', space, records.length);
      int end = at + length;
      if (equals < 0 || end > records.length || equals >= end - 1 || records[end - 1] != '\n') {
        throw TreeWriter.hostile("a broken extended header");
      }
      String key = new String(records, space + 1, equals - space - 1, StandardCharsets.ISO_8859_1);
      byte[] value = Arrays.copyOfRange(records, equals + 1, end - 1);
      if (Set.of("path", "linkpath", "size", "mtime").contains(key)) {
        put(key, value);
      } else if (!HARMLESS.contains(key) && !key.startsWith("LIBARCHIVE.")) {
        throw TreeWriter.hostile(
            "the extended header \"%s\", which is not known".formatted(shorten(key)));
      }
      at = end;
    }
  }

  /** What holds for all entries may change none of them. */
  static void requireHarmless(byte[] records) {
    PaxHeader forAll = new PaxHeader();
    forAll.read(records);
    if (!forAll.isEmpty()) {
      throw TreeWriter.hostile("one name, size or time for all entries");
    }
  }

  private static int length(byte[] bytes, int from, int to) {
    String digits = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    return digits.matches("[1-9]\\d{0,6}") ? Integer.parseInt(digits) : 0;
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static long size(String text) {
    if (!text.matches("\\d{1,18}")) {
      throw TreeWriter.hostile("the size \"%s\"".formatted(shorten(text)));
    }
    return Long.parseLong(text);
  }

  private static long time(String text) {
    Matcher parts = TIME.matcher(shorten(text));
    if (!parts.matches()
        || parts.group(2).compareTo("9000000000") > 0 && parts.group(2).length() > 9) {
      throw TreeWriter.hostile("the time \"%s\"".formatted(shorten(text)));
    }
    String fraction = Optional.ofNullable(parts.group(3)).orElse("");
    long nanos = Long.parseLong((fraction + "000000000").substring(0, 9));
    long whole = Long.parseLong(parts.group(2)) * 1_000_000_000L + nanos;
    return parts.group(1).isEmpty() ? whole : -whole;
  }

  private static String shorten(String text) {
    return text.length() > MAX_TIME ? text.substring(0, MAX_TIME) + "…" : text;
  }
}
