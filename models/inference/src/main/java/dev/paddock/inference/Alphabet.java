package dev.paddock.inference;

import java.util.Arrays;

/** A partition of the 256 bytes into classes that an automaton does not tell apart. */
final class Alphabet {
  private final byte[] classOf;
  private final int[] representatives;

  private Alphabet(byte[] classOf, int[] representatives) {
    this.classOf = classOf;
    this.representatives = representatives;
  }

  /** One byte of each class; shared, not to be changed. */
  int[] representatives() {
    return representatives;
  }

  int size() {
    return representatives.length;
  }

  int classOf(int b) {
    return classOf[b] & 0xff;
  }

  /** Bytes are in one class if their columns, one for each byte, are equal. */
  static Alphabet ofColumns(int[] columns) {
    byte[] classOf = new byte[256];
    int[] representatives = new int[256];
    int count = 0;
    for (int b = 0; b < 256; b++) {
      int found = 0;
      while (found < count && columns[representatives[found]] != columns[b]) {
        found++;
      }
      if (found == count) {
        representatives[count++] = b;
      }
      classOf[b] = (byte) found;
    }
    return new Alphabet(classOf, Arrays.copyOf(representatives, count));
  }

  static Alphabet merge(Alphabet a, Alphabet b) {
    int[] columns = new int[256];
    for (int i = 0; i < 256; i++) {
      columns[i] = a.classOf(i) << 8 | b.classOf(i);
    }
    return ofColumns(columns);
  }

  /** Every byte for itself. */
  static Alphabet bytes() {
    int[] columns = new int[256];
    Arrays.setAll(columns, i -> i);
    return ofColumns(columns);
  }
}
