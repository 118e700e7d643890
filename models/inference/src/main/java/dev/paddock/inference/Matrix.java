package dev.paddock.inference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights repacked for the kernels. Rows come in groups of {@value #GROUP}; within a group the
 * numbers of one column are neighbours, so that a vector holds one column of many rows and no sum
 * across a vector is ever needed. Rows are padded with zeros to whole groups.
 */
public interface Matrix {
  int GROUP = 16;

  int rows();

  int columns();

  default int groups() {
    return Math.ceilDiv(rows(), GROUP);
  }

  /**
   * The product of each row of groups {@code from} to {@code to - 1} with {@code x}, to {@code y}
   * from {@code yOffset} on; writes whole groups.
   */
  void multiply(float[] x, float[] y, int yOffset, int from, int to);

  /**
   * Decodes {@link Lanes#COUNT} rows from {@code firstRow} on (which lie in one group): column
   * {@code c} goes to {@code panel} at float {@code (c - fromColumn) * Lanes.PANEL + panelOffset}.
   *
   * @param fromColumn a multiple of 32
   */
  void expand(int firstRow, int fromColumn, int toColumn, MemorySegment panel, int panelOffset);

  /** Zeroed memory outside the heap that lives as long as it is reachable. */
  static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, 64);
  }
}
