package dev.paddock.inference;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Products of activations with packed weights. One token is a fused product of matrix and vector;
 * several tokens share panels of weights that are decoded to fp32 once and multiplied in register
 * tiles of six rows by two vectors.
 */
final class Gemm {
  static final int TILE = 6;
  private static final int DEPTH = 1536;

  private final Workers workers;
  private final Scratch[] scratch;

  Gemm(Workers workers) {
    this.workers = workers;
    scratch = new Scratch[workers.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  private static final class Scratch {
    final MemorySegment panel = Matrix.allocate(4L * DEPTH * Lanes.PANEL);
    final float[] sums = new float[TILE * Lanes.PANEL];
  }

  /**
   * One product of the shared input: {@code output = input · weightsᵀ}, of {@code rows} rows of the
   * weights from {@code firstRow} on, a multiple of 32; that row is the output's first column.
   */
  record Product(Matrix weights, int firstRow, int rows, Rows output) {
    Product(Matrix weights, Rows output) {
      this(weights, 0, weights.rows(), output);
    }

    int groups() {
      return Math.ceilDiv(rows, Matrix.GROUP);
    }
  }

  /** Multiplies the first {@code n} rows of the input with each of the products' weights. */
  void multiply(Rows input, int n, Product... products) {
    multiply(input, n, List.of(products));
  }

  private void multiply(Rows input, int n, List<Product> products) {
    int rowsPerItem = n == 1 ? vectorChunk(products) : Lanes.PANEL;
    int items = 0;
    for (Product product : products) {
      items += Math.ceilDiv(product.rows, rowsPerItem);
    }
    workers.run(
        items,
        (item, worker) -> {
          int rest = item;
          for (Product product : products) {
            int own = Math.ceilDiv(product.rows, rowsPerItem);
            if (rest < own) {
              if (n == 1) {
                vector(input, product, rest, rowsPerItem / Matrix.GROUP);
              } else {
                panel(input, n, product, rest * Lanes.PANEL, scratch[worker]);
              }
              return;
            }
            rest -= own;
          }
        });
  }

  private int vectorChunk(List<Product> products) {
    int groups = 0;
    for (Product product : products) {
      groups += product.groups();
    }
    return Matrix.GROUP * Math.max(2, groups / (8 * workers.size()));
  }

  private static void vector(Rows input, Product product, int chunk, int groups) {
    int from = chunk * groups;
    int to = Math.min(product.groups(), from + groups);
    int first = product.firstRow / Matrix.GROUP;
    product.weights.multiply(
        input.data, product.output.data, from * Matrix.GROUP, first + from, first + to);
  }

  private static void panel(Rows input, int n, Product product, int firstRow, Scratch s) {
    Matrix weights = product.weights;
    int columns = weights.columns();
    int weightRow = product.firstRow + firstRow;
    int paddedRows = weights.groups() * Matrix.GROUP;
    for (int from = 0; from < columns; from += DEPTH) {
      int to = Math.min(columns, from + DEPTH);
      for (int half = 0; half < Lanes.PANEL; half += Lanes.COUNT) {
        if (weightRow + half < paddedRows) {
          weights.expand(weightRow + half, from, to, s.panel, half);
        }
      }
      Rows output = product.output;
      for (int row = 0; row < n; row += TILE) {
        int at = input.at(row) + from;
        if (from == 0) {
          tile(
              input.data,
              at,
              input.stride,
              s.panel,
              0,
              to,
              output.data,
              output.at(row) + firstRow,
              output.stride);
        } else {
          tile(input.data, at, input.stride, s.panel, 0, to - from, s.sums, 0, Lanes.PANEL);
          addTile(s.sums, 0, output.data, output.at(row) + firstRow, output.stride);
        }
      }
    }
  }

  /** Adds a tile that was computed apart. */
  static void addTile(float[] sums, int offset, float[] c, int cOffset, int cStride) {
    for (int i = 0; i < TILE; i++) {
      VectorMath.add(c, cOffset + i * cStride, sums, offset + i * Lanes.PANEL, Lanes.PANEL);
    }
  }

  /**
   * {@code c[i][j] = Σ a[i][k] b[k][j]} for six rows {@code i}, {@link Lanes#PANEL} columns {@code
   * j} and {@code depth} steps {@code k}; offsets and strides in floats. The panel's own stride is
   * a constant, without which the bounds are checked at every step.
   */
  static void tile(
      float[] a,
      int aOffset,
      int aStride,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    if (!Lanes.VECTORISED) {
      tileScalar(a, aOffset, aStride, b, bOffset, depth, c, cOffset, cStride);
      return;
    }
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    int a1 = aOffset + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int a4 = a3 + aStride;
    int a5 = a4 + aStride;
    for (int k = 0; k < depth; k++) {
      long at = 4 * bOffset + 4L * Lanes.PANEL * k;
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + 4L * Lanes.COUNT);
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[aOffset + k]);
      c00 = b0.fma(x, c00);
      c01 = b1.fma(x, c01);
      x = FloatVector.broadcast(Lanes.FLOATS, a[a1 + k]);
      c10 = b0.fma(x, c10);
      c11 = b1.fma(x, c11);
      x = FloatVector.broadcast(Lanes.FLOATS, a[a2 + k]);
      c20 = b0.fma(x, c20);
      c21 = b1.fma(x, c21);
      x = FloatVector.broadcast(Lanes.FLOATS, a[a3 + k]);
      c30 = b0.fma(x, c30);
      c31 = b1.fma(x, c31);
      x = FloatVector.broadcast(Lanes.FLOATS, a[a4 + k]);
      c40 = b0.fma(x, c40);
      c41 = b1.fma(x, c41);
      x = FloatVector.broadcast(Lanes.FLOATS, a[a5 + k]);
      c50 = b0.fma(x, c50);
      c51 = b1.fma(x, c51);
    }
    int c0 = cOffset;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + Lanes.COUNT);
    c10.intoArray(c, c1);
    c11.intoArray(c, c1 + Lanes.COUNT);
    c20.intoArray(c, c2);
    c21.intoArray(c, c2 + Lanes.COUNT);
    c30.intoArray(c, c3);
    c31.intoArray(c, c3 + Lanes.COUNT);
    c40.intoArray(c, c4);
    c41.intoArray(c, c4 + Lanes.COUNT);
    c50.intoArray(c, c5);
    c51.intoArray(c, c5 + Lanes.COUNT);
  }

  private static FloatVector load(MemorySegment b, long at) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, b, at, ByteOrder.LITTLE_ENDIAN);
  }

  static void tileScalar(
      float[] a,
      int aOffset,
      int aStride,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    for (int i = 0; i < TILE; i++) {
      for (int j = 0; j < Lanes.PANEL; j++) {
        float sum = 0;
        for (int k = 0; k < depth; k++) {
          sum +=
              a[aOffset + i * aStride + k]
                  * b.get(Layouts.FLOAT, 4 * (bOffset + (long) k * Lanes.PANEL + j));
        }
        c[cOffset + i * cStride + j] = sum;
      }
    }
  }
}
