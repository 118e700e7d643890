package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** bf16 or fp16 weights: a group is {@code [columns][16]} shorts. */
final class HalfMatrix implements Matrix {
  /** 2^112 moves an fp16 exponent, read as the upper bits of an fp32, to where fp32 has it. */
  private static final float REBIAS = 0x1p112f;

  private final int rows;
  private final int columns;
  private final boolean brain;
  private final MemorySegment data;

  private HalfMatrix(int rows, int columns, boolean brain, MemorySegment data) {
    this.rows = rows;
    this.columns = columns;
    this.brain = brain;
    this.data = data;
  }

  static HalfMatrix pack(Tensor tensor, RowOrder order, boolean brain) {
    int rows = tensor.rows();
    int columns = tensor.columns();
    long groupBytes = 32L * columns;
    MemorySegment data = Matrix.allocate(groupBytes * Math.ceilDiv(rows, GROUP));
    for (int r = 0; r < rows; r++) {
      long from = order.source(r) * tensor.rowBytes();
      long at = r / GROUP * groupBytes + 2L * (r % GROUP);
      for (int c = 0; c < columns; c++) {
        data.set(Layouts.SHORT, at + 32L * c, tensor.data().get(Layouts.SHORT, from + 2L * c));
      }
    }
    return new HalfMatrix(rows, columns, brain, data);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void multiply(float[] x, float[] y, int yOffset, int from, int to) {
    if (!Lanes.VECTORISED) {
      multiplyScalar(x, y, yOffset, from, to);
      return;
    }
    for (int g = from; g < to; g++) {
      for (int half = 0; half < GROUP; half += Lanes.COUNT) {
        long at = 32L * columns * g + 2L * half;
        if (brain) {
          brainSlice(data, at, columns, x, y, yOffset + (g - from) * GROUP + half);
        } else {
          halfSlice(data, at, columns, x, y, yOffset + (g - from) * GROUP + half);
        }
      }
    }
  }

  private static void brainSlice(
      MemorySegment data, long at, int columns, float[] x, float[] y, int row) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int c = 0; c < columns; c++) {
      sum = brain(data, at + 32L * c).fma(FloatVector.broadcast(Lanes.FLOATS, x[c]), sum);
    }
    sum.intoArray(y, row);
  }

  private static void halfSlice(
      MemorySegment data, long at, int columns, float[] x, float[] y, int row) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int c = 0; c < columns; c++) {
      sum = half(data, at + 32L * c).fma(FloatVector.broadcast(Lanes.FLOATS, x[c]), sum);
    }
    sum.intoArray(y, row);
  }

  private static FloatVector brain(MemorySegment data, long at) {
    IntVector bits =
        (IntVector)
            ShortVector.fromMemorySegment(Lanes.SHORTS, data, at, ByteOrder.LITTLE_ENDIAN)
                .convertShape(VectorOperators.S2I, Lanes.INTS, 0);
    return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector half(MemorySegment data, long at) {
    IntVector bits =
        (IntVector)
            ShortVector.fromMemorySegment(Lanes.SHORTS, data, at, ByteOrder.LITTLE_ENDIAN)
                .convertShape(VectorOperators.S2I, Lanes.INTS, 0);
    FloatVector magnitude =
        bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13).reinterpretAsFloats().mul(REBIAS);
    return magnitude
        .reinterpretAsInts()
        .or(bits.and(0x8000).lanewise(VectorOperators.LSHL, 16))
        .reinterpretAsFloats();
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
    short bits =
        data.get(Layouts.SHORT, 32L * columns * (row / GROUP) + 32L * column + 2L * (row % GROUP));
    return brain ? Layouts.brain(bits) : Layouts.half(bits);
  }

  @Override
  public void expand(
      int firstRow, int fromColumn, int toColumn, MemorySegment panel, int panelOffset) {
    if (!Lanes.VECTORISED) {
      expandScalar(firstRow, fromColumn, toColumn, panel, panelOffset);
      return;
    }
    long at = 32L * columns * (firstRow / GROUP) + 2L * (firstRow % GROUP);
    for (int c = fromColumn; c < toColumn; c++) {
      FloatVector values = brain ? brain(data, at + 32L * c) : half(data, at + 32L * c);
      values.intoMemorySegment(
          panel, 4L * ((c - fromColumn) * Lanes.PANEL + panelOffset), ByteOrder.LITTLE_ENDIAN);
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
