package dev.paddock.inference;

/** Which row of a stored matrix becomes row {@code i} of the packed one. */
@FunctionalInterface
public interface RowOrder {
  RowOrder AS_STORED = row -> row;

  int source(int row);

  /**
   * Undoes the row order of query and key projections in GGUF files of architecture llama, where
   * the two halves of a head are interleaved in pairs.
   */
  static RowOrder halvesFromPairs(int headSize) {
    int half = headSize / 2;
    return row -> {
      int head = row / headSize;
      int i = row % headSize;
      return head * headSize + (i < half ? 2 * i : 2 * (i - half) + 1);
    };
  }
}
