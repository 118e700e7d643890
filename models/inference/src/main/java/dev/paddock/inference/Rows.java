package dev.paddock.inference;

/**
 * Activations: one row for each token. The stride is a multiple of 32 and there are whole tiles of
 * rows, so that kernels may write beyond both ends.
 */
final class Rows {
  final float[] data;
  final int stride;

  Rows(int rows, int columns) {
    stride = Layouts.roundUp(columns, 32);
    data = new float[Math.multiplyExact(Layouts.roundUp(rows, Gemm.TILE), stride)];
  }

  int at(int row) {
    return row * stride;
  }
}
