package dev.paddock.inference;

import java.util.List;

/** One metadata value of a GGUF file. */
sealed interface GgufValue {
  /** A number of any width; booleans are 0 and 1. */
  record Whole(long value) implements GgufValue {}

  /** A floating point number. */
  record Real(double value) implements GgufValue {}

  /** A text, kept as bytes, as tokens need not be valid UTF-8. */
  @SuppressWarnings("ArrayRecordComponent")
  record Text(byte[] utf8) implements GgufValue {}

  /** Texts. */
  record Texts(List<byte[]> values) implements GgufValue {}

  /** Whole numbers. */
  @SuppressWarnings("ArrayRecordComponent")
  record Wholes(long[] values) implements GgufValue {}

  /** Floating point numbers. */
  @SuppressWarnings("ArrayRecordComponent")
  record Reals(double[] values) implements GgufValue {}
}
