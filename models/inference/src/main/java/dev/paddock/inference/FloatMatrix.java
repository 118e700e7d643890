package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** fp32 weights: a group is {@code [columns][16]} floats. */
final class FloatMatrix implements Matrix {
  private final int rows;
  private final int columns;
  private final MemorySegment data;

  private FloatMatrix(int rows, int columns, MemorySegment data) {
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  static FloatMatrix pack(Tensor tensor, RowOrder order) {
    int rows = tensor.rows();
    int columns = tensor.columns();
    long groupBytes = 64L * columns;
    MemorySegment data = Matrix.allocate(groupBytes * Math.ceilDiv(rows, GROUP));
    float[] row = new float[columns];
    for (int r = 0; r < rows; r++) {
      tensor.row(order.source(r), row, 0);
      long at = r / GROUP * groupBytes + 4L * (r % GROUP);
      for (int c = 0; c < columns; c++) {
        data.set(Layouts.FLOAT, at + 64L * c, row[c]);
      }
    }
    return new FloatMatrix(rows, columns, data);
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
        slice(
            data,
            64L * columns * g + 4L * half,
            columns,
            x,
            y,
            yOffset + (g - from) * GROUP + half);
      }
    }
  }

  private static void slice(
      MemorySegment data, long at, int columns, float[] x, float[] y, int row) {
    FloatVector even = FloatVector.zero(Lanes.FLOATS);
    FloatVector odd = even;
    int c = 0;
    for (; c + 1 < columns; c += 2) {
      even = load(data, at + 64L * c).fma(FloatVector.broadcast(Lanes.FLOATS, x[c]), even);
      odd = load(data, at + 64L * c + 64).fma(FloatVector.broadcast(Lanes.FLOATS, x[c + 1]), odd);
    }
    if (c < columns) {
      even = load(data, at + 64L * c).fma(FloatVector.broadcast(Lanes.FLOATS, x[c]), even);
    }
    even.add(odd).intoArray(y, row);
  }

  private static FloatVector load(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, data, at, ByteOrder.LITTLE_ENDIAN);
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
    return data.get(
        Layouts.FLOAT, 64L * columns * (row / GROUP) + 64L * column + 4L * (row % GROUP));
  }

  @Override
  public void expand(
      int firstRow, int fromColumn, int toColumn, MemorySegment panel, int panelOffset) {
    if (!Lanes.VECTORISED) {
      expandScalar(firstRow, fromColumn, toColumn, panel, panelOffset);
      return;
    }
    long at = 64L * columns * (firstRow / GROUP) + 4L * (firstRow % GROUP);
    for (int c = fromColumn; c < toColumn; c++) {
      load(data, at + 64L * c)
          .intoMemorySegment(
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
