package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every vector kernel against its scalar twin and the plain decoding of the file's blocks. */
class KernelTest {
  private static final Offset<Float> CLOSE = Assertions.within(2e-4f);

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q6_K"})
  void matrixTimesVector(String format) {
    Random random = new Random(1);
    for (int round = 0; round < 6; round++) {
      Tensor tensor = tensor(format, 1 + random.nextInt(70), random);
      Matrix matrix = tensor.pack(RowOrder.AS_STORED);
      float[] x = floats(tensor.columns(), random);
      float[] fast = new float[matrix.groups() * Matrix.GROUP];
      float[] slow = new float[fast.length];
      matrix.multiply(x, fast, 0, 0, matrix.groups());
      multiplyScalar(matrix, x, slow);
      assertThat(fast).containsExactly(slow, CLOSE);
      float[] row = new float[tensor.columns()];
      for (int r = 0; r < tensor.rows(); r++) {
        tensor.row(r, row, 0);
        float sum = 0;
        for (int c = 0; c < row.length; c++) {
          sum += row[c] * x[c];
        }
        assertThat(slow[r]).isCloseTo(sum, CLOSE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q6_K"})
  void expandedRowsAreTheDecodedOnes(String format) {
    Random random = new Random(2);
    Tensor tensor = tensor(format, 48, random);
    RowOrder reversed = row -> 47 - row;
    Matrix matrix = tensor.pack(reversed);
    int columns = tensor.columns();
    MemorySegment fast = Matrix.allocate(4L * Lanes.PANEL * columns);
    MemorySegment slow = Matrix.allocate(4L * Lanes.PANEL * columns);
    float[] row = new float[columns];
    for (int first = 0; first < 48; first += Lanes.COUNT) {
      matrix.expand(first, 0, columns, fast, Lanes.COUNT);
      expandScalar(matrix, first, columns, slow);
      assertThat(fast.mismatch(slow)).isEqualTo(-1);
      for (int r = 0; r < Lanes.COUNT; r++) {
        tensor.row(47 - first - r, row, 0);
        for (int c = 0; c < columns; c++) {
          float value = fast.get(Layouts.FLOAT, 4L * (Lanes.PANEL * c + Lanes.COUNT + r));
          assertThat(value).isCloseTo(row[c], Assertions.within(1e-6f));
        }
      }
    }
  }

  @Test
  void tile() {
    Random random = new Random(3);
    for (int depth : new int[] {1, 7, 64, 200}) {
      float[] a = floats(Gemm.TILE * 256 + 5, random);
      MemorySegment b = Matrix.allocate(4L * Lanes.PANEL * (depth + 3));
      for (long i = 0; i < Lanes.PANEL * (depth + 3L); i++) {
        b.set(Layouts.FLOAT, 4 * i, (float) random.nextGaussian());
      }
      float[] fast = new float[Gemm.TILE * 64 + 9];
      float[] slow = new float[fast.length];
      Gemm.tile(a, 5, 256, b, 3L * Lanes.PANEL, depth, fast, 9, 64);
      Gemm.tileScalar(a, 5, 256, b, 3L * Lanes.PANEL, depth, slow, 9, 64);
      assertThat(fast).containsExactly(slow, CLOSE);
    }
  }

  @Test
  void productsOfOneRowAndOfManyAgree() {
    Random random = new Random(4);
    try (Workers workers = new Workers(3)) {
      Gemm gemm = new Gemm(workers);
      Tensor tensor = tensor("Q4_1", 100, random);
      Tensor deep =
          new Tensor(
              "deep",
              List.of(40L, 2048L),
              tensor.format(),
              TestingGguf.segment(TestingGguf.random(tensor.format(), 40L * 2048, 0.1f, random)));
      for (Tensor each : List.of(tensor, deep)) {
        Matrix matrix = each.pack(RowOrder.AS_STORED);
        Rows many = new Rows(13, each.columns());
        System.arraycopy(floats(many.data.length, random), 0, many.data, 0, many.data.length);
        Rows products = new Rows(13, each.rows());
        gemm.multiply(many, 13, new Gemm.Product(matrix, products));
        for (int i = 0; i < 13; i++) {
          Rows one = new Rows(1, each.columns());
          System.arraycopy(many.data, many.at(i), one.data, 0, each.columns());
          Rows product = new Rows(1, each.rows());
          gemm.multiply(one, 1, new Gemm.Product(matrix, product));
          for (int r = 0; r < each.rows(); r++) {
            assertThat(products.data[products.at(i) + r])
                .isCloseTo(product.data[r], Assertions.within(2e-3f));
          }
        }
      }
    }
  }

  @Test
  void elementwise() {
    Random random = new Random(5);
    for (int n : new int[] {1, 15, 16, 33, 576}) {
      float[] x = floats(n, random);
      for (int i = 0; i < n; i++) {
        x[i] *= 20;
      }
      assertThat(VectorMath.sumOfSquares(x, 0, n))
          .isCloseTo(VectorMath.sumOfSquaresScalar(x, 0, n), Assertions.withinPercentage(0.01));
      float[] gate = x.clone();
      float[] twin = x.clone();
      float[] up = floats(n, random);
      VectorMath.swiglu(gate, up, 0, n);
      VectorMath.swigluScalar(twin, up, 0, n);
      assertThat(gate).containsExactly(twin, CLOSE);
      double expected = 0;
      for (float value : x) {
        expected += Math.exp(value);
      }
      assertThat(VectorMath.logSumExp(x, 0, n))
          .isCloseTo(Math.log(expected), Assertions.within(1e-5));
    }
  }

  @Test
  void exponentialIsExactToSixDigits() {
    for (float x = -87; x < 88; x += 0.037f) {
      double exact = Math.exp(x);
      float[] vector = new float[Lanes.COUNT];
      java.util.Arrays.fill(vector, x);
      VectorMath.exponentiate(vector, 0, vector.length, 0);
      assertThat((double) vector[0]).isCloseTo(exact, Assertions.withinPercentage(1e-4));
      assertThat((double) VectorMath.exp(x)).isCloseTo(exact, Assertions.withinPercentage(1e-4));
    }
    assertThat(VectorMath.exp(Float.NEGATIVE_INFINITY)).isZero();
  }

  private static Tensor tensor(String format, int rows, Random random) {
    TensorFormat as = TensorFormats.byName(format).orElseThrow();
    long columns = 256;
    byte[] bytes = TestingGguf.random(as, rows * columns, 0.1f, random);
    return new Tensor("w", List.of((long) rows, columns), as, TestingGguf.segment(bytes));
  }

  private static float[] floats(int n, Random random) {
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = (float) random.nextGaussian() / 4;
    }
    return out;
  }

  private static void multiplyScalar(Matrix matrix, float[] x, float[] y) {
    switch (matrix) {
      case FloatMatrix m -> m.multiplyScalar(x, y, 0, 0, m.groups());
      case HalfMatrix m -> m.multiplyScalar(x, y, 0, 0, m.groups());
      case Q8Matrix m -> m.multiplyScalar(x, y, 0, 0, m.groups());
      case Q4Matrix m -> m.multiplyScalar(x, y, 0, 0, m.groups());
      default -> throw new IllegalArgumentException("no scalar twin: " + matrix);
    }
  }

  private static void expandScalar(Matrix matrix, int row, int columns, MemorySegment panel) {
    switch (matrix) {
      case FloatMatrix m -> m.expandScalar(row, 0, columns, panel, Lanes.COUNT);
      case HalfMatrix m -> m.expandScalar(row, 0, columns, panel, Lanes.COUNT);
      case Q8Matrix m -> m.expandScalar(row, 0, columns, panel, Lanes.COUNT);
      case Q4Matrix m -> m.expandScalar(row, 0, columns, panel, Lanes.COUNT);
      default -> throw new IllegalArgumentException("no scalar twin: " + matrix);
    }
  }
}
