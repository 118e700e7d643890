package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads archives of {@code tar} strictly: ustar, pax and GNU long names. What could be read in two
 * ways is refused: names that lead out, two spellings of one name, sparse files, devices, another
 * checksum.
 */
final class TarReader {
  private static final int BLOCK = TarWriter.BLOCK;
  private static final int MAX_EXTENDED = 64 << 10;
  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private long left;
  private long padding;
  private boolean ended;

  TarReader(InputStream in) {
    this.in = in;
  }

  /** The next entry; empty at the end of the archive, which must be there. */
  Optional<TreeEntry> next() throws IOException {
    skipContent();
    PaxHeader extended = new PaxHeader();
    while (!ended) {
      readBlock();
      if (isZero()) {
        end();
        if (!extended.isEmpty()) {
          throw hostile("an extended header is followed by nothing");
        }
        return Optional.empty();
      }
      requireChecksum();
      char type = (char) (block[156] & 0xff);
      switch (type) {
        case 'x' -> extended.read(extendedContent());
        case 'L' -> extended.put("path", untilZero(extendedContent()));
        case 'K' -> extended.put("linkpath", untilZero(extendedContent()));
        case 'g' -> PaxHeader.requireHarmless(extendedContent());
        default -> {
          Optional<TreeEntry> entry = entry(type, extended);
          if (entry.isPresent()) {
            return entry;
          }
          extended = new PaxHeader();
        }
      }
    }
    return Optional.empty();
  }

  /** The content of the entry that was read last. */
  InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
          return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(length, left));
        if (count < 0) {
          throw truncated();
        }
        left -= count;
        return count;
      }
    };
  }

  /** Empty for the entry of the top folder itself, which is not one of its content. */
  private Optional<TreeEntry> entry(char type, PaxHeader extended) {
    byte[] raw = extended.bytes("path").orElseGet(this::nameAndPrefix);
    boolean folder = type == '5' || ((type == '0' || type == 0) && endsWithSlash(raw));
    Optional<String> path = TarPath.of(raw, folder);
    long modified = extended.modified().orElseGet(this::seconds);
    int mode = (int) number(100, 8) & TreeEntry.MODES;
    long size = extended.size().orElseGet(() -> number(124, 12));
    boolean file = !folder && (type == '0' || type == 0 || type == '7');
    if (!file && size != 0) {
      throw hostile("an entry of type '%c' has content".formatted(type));
    }
    left = file ? size : 0;
    padding = TarWriter.padding(left);
    if (path.isEmpty()) {
      if (!folder) {
        throw hostile("an entry without a name");
      }
      return Optional.empty();
    }
    String at = path.get();
    if (folder) {
      return Optional.of(TreeEntry.folder(at, mode, modified));
    }
    byte[] target = extended.bytes("linkpath").orElseGet(() -> field(157, TarWriter.NAME));
    return Optional.of(
        switch (type) {
          case '0', 0, '7' -> TreeEntry.file(at, mode, modified, size);
          case '1' ->
              TreeEntry.hardLink(
                  at,
                  TarPath.of(target, false).orElseThrow(() -> hostile(at + " links to nothing")));
          case '2' -> TreeEntry.link(at, modified, linkTarget(at, target));
          case '3', '4' -> throw hostile(at + " is a device");
          case '6' -> throw hostile(at + " is a pipe");
          case 'S' -> throw hostile(at + " is a sparse file, which is not read");
          default -> throw hostile("%s is of the unknown type %d".formatted(at, (int) type));
        });
  }

  private static String linkTarget(String at, byte[] target) {
    if (target.length == 0 || target.length > PathText.MAX_BYTES) {
      throw hostile(at + " is a link to nothing that could be");
    }
    TarPath.requireNoZero(target);
    return PathText.encode(target);
  }

  private static boolean endsWithSlash(byte[] raw) {
    return raw.length > 0 && raw[raw.length - 1] == '/';
  }

  private byte[] nameAndPrefix() {
    byte[] name = field(0, TarWriter.NAME);
    boolean posix = block[257] == 'u' && block[262] == 0;
    byte[] prefix = posix ? field(345, 155) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    whole[prefix.length] = '/';
    System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
    return whole;
  }

  private byte[] field(int at, int length) {
    return untilZero(Arrays.copyOfRange(block, at, at + length));
  }

  private static byte[] untilZero(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return Arrays.copyOf(bytes, end);
  }

  /** Octal digits, ended by a space or zero; or GNU's big-endian numbers. */
  private long number(int at, int length) {
    if ((block[at] & 0x80) != 0) {
      return binary(at, length);
    }
    long value = 0;
    int i = at;
    while (i < at + length && block[i] == ' ') {
      i++;
    }
    for (; i < at + length && block[i] != ' ' && block[i] != 0; i++) {
      if (block[i] < '0' || block[i] > '7') {
        throw hostile("a number that is not octal");
      }
      value = value * 8 + block[i] - '0';
    }
    return value;
  }

  private long binary(int at, int length) {
    if (block[at] != (byte) 0x80) {
      throw hostile("a negative number");
    }
    long value = 0;
    for (int i = at + 1; i < at + length; i++) {
      if (value > Long.MAX_VALUE >> 8) {
        throw hostile("a number that is too large");
      }
      value = value << 8 | (block[i] & 0xff);
    }
    return value;
  }

  private long seconds() {
    return Math.min(number(136, 12), Integer.MAX_VALUE * 4L) * 1_000_000_000L;
  }

  private byte[] extendedContent() throws IOException {
    long size = number(124, 12);
    if (size > MAX_EXTENDED) {
      throw hostile("an extended header of %,d bytes".formatted(size));
    }
    byte[] content = in.readNBytes((int) size);
    if (content.length < size) {
      throw truncated();
    }
    skip(TarWriter.padding(size));
    return content;
  }

  private void readBlock() throws IOException {
    if (in.readNBytes(block, 0, BLOCK) < BLOCK) {
      throw truncated();
    }
  }

  /** A second block of zeros, then zeros only. */
  private void end() throws IOException {
    ended = true;
    readBlock();
    while (isZero()) {
      int count = in.readNBytes(block, 0, BLOCK);
      if (count == 0) {
        return;
      }
      Arrays.fill(block, count, BLOCK, (byte) 0);
    }
    throw hostile("something lies behind its end");
  }

  private boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void requireChecksum() {
    if (number(148, 8) != TarWriter.checksum(block)) {
      throw new SandboxException(
          ErrorCode.CORRUPT, "the archive is damaged: a header has another checksum");
    }
  }

  private void skipContent() throws IOException {
    skip(left + padding);
    left = 0;
    padding = 0;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw truncated();
    }
  }

  private static SandboxException hostile(String what) {
    return TreeWriter.hostile(what);
  }

  private static SandboxException truncated() {
    return new SandboxException(ErrorCode.CORRUPT, "the archive is damaged: it ends too early");
  }
}
