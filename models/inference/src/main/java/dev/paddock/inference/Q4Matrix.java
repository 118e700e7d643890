package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Four-bit weights in blocks of 32: {@code scale * q + minimum}. A group's block is 16 fp32 scales,
 * 16 fp32 minima, then {@code [16][16]} bytes, of which byte {@code j} of a row holds column {@code
 * j} in its low and column {@code j + 16} in its high half, as in the file.
 */
final class Q4Matrix implements Matrix {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 64 + 64 + 256;

  private final int rows;
  private final int columns;
  private final MemorySegment data;

  private Q4Matrix(int rows, int columns, MemorySegment data) {
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  static Q4Matrix pack(Tensor tensor, RowOrder order, boolean hasMinimum) {
    int rows = tensor.rows();
    int columns = tensor.columns();
    int blocks = columns / BLOCK;
    MemorySegment data = Matrix.allocate((long) BLOCK_BYTES * blocks * Math.ceilDiv(rows, GROUP));
    int rowBytes = Math.toIntExact(tensor.rowBytes());
    int header = hasMinimum ? 4 : 2;
    byte[] raw = new byte[rowBytes];
    byte[] packed = new byte[BLOCK_BYTES * blocks];
    for (int g = 0; g * GROUP < rows; g++) {
      Arrays.fill(packed, (byte) 0);
      for (int r = 0; r < GROUP && g * GROUP + r < rows; r++) {
        long from = (long) order.source(g * GROUP + r) * rowBytes;
        MemorySegment.copy(tensor.data(), Layouts.BYTE, from, raw, 0, rowBytes);
        packRow(raw, header, packed, r, blocks);
      }
      MemorySegment.copy(packed, 0, data, Layouts.BYTE, (long) packed.length * g, packed.length);
    }
    return new Q4Matrix(rows, columns, data);
  }

  private static void packRow(byte[] raw, int header, byte[] packed, int r, int blocks) {
    for (int b = 0; b < blocks; b++) {
      int from = (header + 16) * b;
      int at = BLOCK_BYTES * b;
      float scale = Packing.half(raw, from);
      float minimum = header == 4 ? Packing.half(raw, from + 2) : -8 * scale;
      Packing.putFloat(packed, at + 4 * r, scale);
      Packing.putFloat(packed, at + 64 + 4 * r, minimum);
      for (int j = 0; j < 16; j++) {
        packed[at + 128 + 16 * j + r] = raw[from + header + j];
      }
    }
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
    return (long) BLOCK_BYTES * (columns / BLOCK);
  }

  @Override
  public void multiply(float[] x, float[] y, int yOffset, int from, int to) {
    if (!Lanes.VECTORISED) {
      multiplyScalar(x, y, yOffset, from, to);
      return;
    }
    float[] sums = new float[columns / BLOCK];
    for (int b = 0; b < sums.length; b++) {
      sums[b] = VectorMath.sum(x, b * BLOCK, BLOCK);
    }
    for (int g = from; g < to; g++) {
      for (int half = 0; half < GROUP; half += Lanes.COUNT) {
        slice(data, groupBytes() * g, half, x, sums, y, yOffset + (g - from) * GROUP + half);
      }
    }
  }

  private static void slice(
      MemorySegment data, long group, int half, float[] x, float[] sums, float[] y, int row) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int b = 0; b < sums.length; b++) {
      long at = group + (long) BLOCK_BYTES * b;
      long quants = at + 128 + half;
      int column = b * BLOCK;
      FloatVector low = FloatVector.zero(Lanes.FLOATS);
      FloatVector high = low;
      for (int j = 0; j < 16; j++) {
        IntVector pairs = pairs(data, quants + 16L * j);
        low = low(pairs).fma(broadcast(x[column + j]), low);
        high = high(pairs).fma(broadcast(x[column + j + 16]), high);
      }
      sum = floats(data, at + 4L * half).fma(low.add(high), sum);
      sum = floats(data, at + 64 + 4L * half).fma(broadcast(sums[b]), sum);
    }
    sum.intoArray(y, row);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(Lanes.FLOATS, value);
  }

  private static FloatVector floats(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, data, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static IntVector pairs(MemorySegment data, long at) {
    return (IntVector)
        ByteVector.fromMemorySegment(Lanes.BYTES, data, at, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, 0);
  }

  private static FloatVector low(IntVector pairs) {
    return (FloatVector) pairs.and(15).convert(VectorOperators.I2F, 0);
  }

  private static FloatVector high(IntVector pairs) {
    return (FloatVector) pairs.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0);
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
    long at = groupBytes() * (row / GROUP) + (long) BLOCK_BYTES * (column / BLOCK);
    int r = row % GROUP;
    int j = column % BLOCK;
    int pair = data.get(Layouts.BYTE, at + 128 + 16L * (j & 15) + r);
    int q = j < 16 ? pair & 15 : (pair >> 4) & 15;
    return data.get(Layouts.FLOAT, at + 4L * r) * q + data.get(Layouts.FLOAT, at + 64 + 4L * r);
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
    for (int column = fromColumn; column < toColumn; column += BLOCK) {
      long at = group + (long) BLOCK_BYTES * (column / BLOCK);
      expandBlock(data, at, half, panel, 4L * ((column - fromColumn) * Lanes.PANEL + panelOffset));
    }
  }

  private static void expandBlock(
      MemorySegment data, long at, int half, MemorySegment panel, long to) {
    FloatVector scale = floats(data, at + 4L * half);
    FloatVector minimum = floats(data, at + 64 + 4L * half);
    for (int j = 0; j < 16; j++) {
      IntVector pairs = pairs(data, at + 128 + 16L * j + half);
      long column = to + 4L * Lanes.PANEL * j;
      low(pairs).fma(scale, minimum).intoMemorySegment(panel, column, ByteOrder.LITTLE_ENDIAN);
      high(pairs)
          .fma(scale, minimum)
          .intoMemorySegment(panel, column + 64L * Lanes.PANEL, ByteOrder.LITTLE_ENDIAN);
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
