package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Signed bytes with an fp32 scale for each block of a row. A group's block is 16 scales, then
 * {@code [block][16]} bytes.
 */
final class Q8Matrix implements Matrix {
  private final int rows;
  private final int columns;
  private final int block;
  private final MemorySegment data;

  private Q8Matrix(int rows, int columns, int block, MemorySegment data) {
    this.rows = rows;
    this.columns = columns;
    this.block = block;
    this.data = data;
  }

  /** Parts a stored row into its bytes and its scales. */
  @FunctionalInterface
  interface Splitter {
    void split(byte[] raw, int rawOffset, byte[] quants, float[] scales);
  }

  static Q8Matrix pack(Tensor tensor, RowOrder order, int block, Splitter splitter) {
    int rows = tensor.rows();
    int columns = tensor.columns();
    int blocks = columns / block;
    int blockBytes = 64 + 16 * block;
    MemorySegment data = Matrix.allocate((long) blockBytes * blocks * Math.ceilDiv(rows, GROUP));
    int rowBytes = Math.toIntExact(tensor.rowBytes());
    byte[] raw = new byte[rowBytes];
    byte[] quants = new byte[columns];
    float[] scales = new float[blocks];
    byte[] packed = new byte[blockBytes * blocks];
    for (int g = 0; g * GROUP < rows; g++) {
      java.util.Arrays.fill(packed, (byte) 0);
      for (int r = 0; r < GROUP && g * GROUP + r < rows; r++) {
        long from = (long) order.source(g * GROUP + r) * rowBytes;
        MemorySegment.copy(tensor.data(), Layouts.BYTE, from, raw, 0, rowBytes);
        splitter.split(raw, 0, quants, scales);
        for (int b = 0; b < blocks; b++) {
          int at = blockBytes * b;
          Packing.putFloat(packed, at + 4 * r, scales[b]);
          for (int i = 0; i < block; i++) {
            packed[at + 64 + 16 * i + r] = quants[block * b + i];
          }
        }
      }
      MemorySegment.copy(packed, 0, data, Layouts.BYTE, (long) packed.length * g, packed.length);
    }
    return new Q8Matrix(rows, columns, block, data);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  private long groupBytes() {
    return (64L + 16L * block) * (columns / block);
  }

  @Override
  public void multiply(float[] x, float[] y, int yOffset, int from, int to) {
    if (!Lanes.VECTORISED) {
      multiplyScalar(x, y, yOffset, from, to);
      return;
    }
    for (int g = from; g < to; g++) {
      for (int half = 0; half < GROUP; half += Lanes.COUNT) {
        slice(
            data,
            groupBytes() * g,
            half,
            columns / block,
            block,
            x,
            y,
            yOffset + (g - from) * GROUP + half);
      }
    }
  }

  private static void slice(
      MemorySegment data,
      long group,
      int half,
      int blocks,
      int block,
      float[] x,
      float[] y,
      int row) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int b = 0; b < blocks; b++) {
      long at = group + (64L + 16L * block) * b;
      FloatVector even = FloatVector.zero(Lanes.FLOATS);
      FloatVector odd = even;
      int column = b * block;
      long quants = at + 64 + half;
      for (int i = 0; i < block; i += 2) {
        even = load(data, quants + 16L * i).fma(broadcast(x[column + i]), even);
        odd = load(data, quants + 16L * i + 16).fma(broadcast(x[column + i + 1]), odd);
      }
      sum = floats(data, at + 4L * half).fma(even.add(odd), sum);
    }
    sum.intoArray(y, row);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(Lanes.FLOATS, value);
  }

  private static FloatVector floats(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, data, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static FloatVector load(MemorySegment data, long at) {
    return (FloatVector)
        ByteVector.fromMemorySegment(Lanes.BYTES, data, at, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
  }

  void multiplyScalar(float[] x, float[] y, int yOffset, int from, int to) {
    for (int row = from * GROUP; row < to * GROUP; row++) {
      float sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += x[c] * at(row, c);
      }
      y[yOffset + row - from * GROUP] = sum;
    }
  }

  private float at(int row, int column) {
    long at = groupBytes() * (row / GROUP) + (64L + 16L * block) * (column / block);
    int r = row % GROUP;
    return data.get(Layouts.FLOAT, at + 4L * r)
        * data.get(Layouts.BYTE, at + 64 + 16L * (column % block) + r);
  }

  @Override
  public void expand(
      int firstRow, int fromColumn, int toColumn, MemorySegment panel, int panelOffset) {
    if (!Lanes.VECTORISED) {
      expandScalar(firstRow, fromColumn, toColumn, panel, panelOffset);
      return;
    }
    long group = groupBytes() * (firstRow / GROUP);
    int half = firstRow % GROUP;
    for (int column = fromColumn; column < toColumn; column += block) {
      long at = group + (64L + 16L * block) * (column / block);
      expandBlock(
          data, at, half, block, panel, 4L * ((column - fromColumn) * Lanes.PANEL + panelOffset));
    }
  }

  private static void expandBlock(
      MemorySegment data, long at, int half, int block, MemorySegment panel, long to) {
    FloatVector scale = floats(data, at + 4L * half);
    for (int i = 0; i < block; i++) {
      load(data, at + 64 + 16L * i + half)
          .mul(scale)
          .intoMemorySegment(panel, to + 4L * Lanes.PANEL * i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  void expandScalar(
      int firstRow, int fromColumn, int toColumn, MemorySegment panel, int panelOffset) {
    for (int c = fromColumn; c < toColumn; c++) {
      for (int r = 0; r < Lanes.COUNT; r++) {
        panel.set(
            Layouts.FLOAT,
            4L * ((c - fromColumn) * Lanes.PANEL + panelOffset + r),
            at(firstRow + r, c));
      }
    }
  }
}
