package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Reads a header front to back; every read is checked against the end of the file. */
final class ByteReader {
  private final MemorySegment data;
  private final String file;
  private long position;

  ByteReader(MemorySegment data, String file) {
    this.data = data;
    this.file = file;
  }

  long position() {
    return position;
  }

  int int32() {
    return data.get(Layouts.INT, advance(4, "a number"));
  }

  long int64() {
    return data.get(Layouts.LONG, advance(8, "a number"));
  }

  short int16() {
    return data.get(Layouts.SHORT, advance(2, "a number"));
  }

  byte int8() {
    return data.get(Layouts.BYTE, advance(1, "a number"));
  }

  /** A count of things that take at least {@code bytesEach} bytes of what is left. */
  int count(String what, int bytesEach) {
    long value = int64();
    if (value < 0 || value > Integer.MAX_VALUE - 8 || value > remaining() / bytesEach) {
      throw corrupt(
          "%s says %s, more than the file can hold".formatted(what, Long.toUnsignedString(value)));
    }
    return (int) value;
  }

  String string(String what, int limit) {
    byte[] bytes = bytes(what, limit);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  byte[] bytes(String what, int limit) {
    int length = count("the length of " + what, 1);
    if (length > limit) {
      throw corrupt("%s has %d bytes; at most %d are allowed".formatted(what, length, limit));
    }
    byte[] out = new byte[length];
    MemorySegment.copy(data, Layouts.BYTE, advance(length, what), out, 0, length);
    return out;
  }

  /** Passes over bytes and returns where they begin. */
  long advance(long bytes, String what) {
    if (bytes < 0 || bytes > remaining()) {
      throw corrupt("it ends within " + what);
    }
    long at = position;
    position += bytes;
    return at;
  }

  long remaining() {
    return data.byteSize() - position;
  }

  ModelException corrupt(String reason) {
    return new ModelException(
        ErrorCode.CORRUPT,
        "%s is damaged at byte %d: %s; fetch it again".formatted(file, position, reason));
  }
}
