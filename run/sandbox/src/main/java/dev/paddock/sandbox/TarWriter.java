package dev.paddock.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the {@code pax} interchange format (POSIX.1-2008, {@code pax}), which every {@code tar}
 * reads. The same entries give the same bytes.
 */
final class TarWriter implements TreeSink {
  static final int BLOCK = 512;
  static final int NAME = 100;

  /** The largest number of eleven octal digits. */
  static final long MAX_OCTAL = 0_77777777777L;

  private static final int AGENT = 1000;
  private static final int CHUNK = 64 << 10;
  private static final long SECOND = 1_000_000_000L;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void put(TreeEntry entry, InputStream content) throws IOException {
    byte[] path = path(entry);
    byte[] target = PathText.decode(entry.target().orElse(""));
    byte[] pax = pax(entry, path, target);
    if (pax.length > 0) {
      header("pax".getBytes(StandardCharsets.US_ASCII), 0644, pax.length, 0, 'x', new byte[0]);
      out.write(pax);
      pad(pax.length);
    }
    long seconds = Math.clamp(Math.floorDiv(entry.modified(), SECOND), 0, MAX_OCTAL);
    header(path, entry.mode(), entry.size(), seconds, type(entry.kind()), target);
    copy(entry, content);
    pad(entry.size());
  }

  /** Two blocks of zeros. */
  void finish() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private void copy(TreeEntry entry, InputStream content) throws IOException {
    byte[] buffer = new byte[Math.clamp(entry.size(), 1, CHUNK)];
    long left = entry.size();
    while (left > 0) {
      int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw new IOException("%s ends %,d bytes too early".formatted(entry.path(), left));
      }
      out.write(buffer, 0, count);
      left -= count;
    }
  }

  private static byte[] path(TreeEntry entry) {
    byte[] path = PathText.decode(entry.path());
    if (entry.kind() != TreeEntry.Kind.FOLDER) {
      return path;
    }
    byte[] folder = Arrays.copyOf(path, path.length + 1);
    folder[path.length] = '/';
    return folder;
  }

  private static char type(TreeEntry.Kind kind) {
    return switch (kind) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case LINK -> '2';
      case FOLDER -> '5';
    };
  }

  private static byte[] pax(TreeEntry entry, byte[] path, byte[] target) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    if (path.length > NAME) {
      record(records, "path", path);
    }
    if (target.length > NAME) {
      record(records, "linkpath", target);
    }
    if (entry.size() > MAX_OCTAL) {
      record(records, "size", ascii(Long.toString(entry.size())));
    }
    if (entry.modified() < 0 || Math.floorMod(entry.modified(), SECOND) != 0) {
      record(records, "mtime", ascii(time(entry.modified())));
    }
    return records.toByteArray();
  }

  private static String time(long nanos) {
    long whole = Math.abs(nanos);
    return "%s%d.%09d".formatted(nanos < 0 ? "-" : "", whole / SECOND, whole % SECOND);
  }

  /** {@code LENGTH KEY=VALUE\n}, where the length counts itself. */
  private static void record(ByteArrayOutputStream out, String key, byte[] value)
      throws IOException {
    int rest = key.length() + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() != Integer.toString(rest).length()) {
      length++;
    }
    out.write(ascii(length + " " + key + "="));
    out.write(value);
    out.write('\n');
  }

  private void header(byte[] name, int mode, long size, long seconds, char type, byte[] target)
      throws IOException {
    byte[] block = new byte[BLOCK];
    System.arraycopy(name, 0, block, 0, Math.min(NAME, name.length));
    octal(block, 100, 7, mode);
    octal(block, 108, 7, AGENT);
    octal(block, 116, 7, AGENT);
    octal(block, 124, 11, size > MAX_OCTAL ? 0 : size);
    octal(block, 136, 11, seconds);
    block[156] = (byte) type;
    System.arraycopy(target, 0, block, 157, Math.min(NAME, target.length));
    System.arraycopy(ascii("ustar\0" + "00"), 0, block, 257, 8);
    octal(block, 329, 7, 0);
    octal(block, 337, 7, 0);
    octal(block, 148, 6, checksum(block));
    block[155] = ' ';
    out.write(block);
  }

  /** The sum of all bytes, its own eight taken for spaces. */
  static long checksum(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    return sum;
  }

  private static void octal(byte[] block, int at, int digits, long value) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
  }

  private void pad(long size) throws IOException {
    out.write(new byte[(int) padding(size)]);
  }

  static long padding(long size) {
    return Math.floorMod(-size, BLOCK);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
