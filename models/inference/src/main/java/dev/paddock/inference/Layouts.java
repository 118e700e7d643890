package dev.paddock.inference;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Unaligned little-endian access, whatever the machine's own order. */
final class Layouts {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private Layouts() {}

  static float half(short bits) {
    return Float.float16ToFloat(bits);
  }

  static float brain(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  static int roundUp(int value, int multiple) {
    return Math.multiplyExact(Math.ceilDiv(value, multiple), multiple);
  }
}
