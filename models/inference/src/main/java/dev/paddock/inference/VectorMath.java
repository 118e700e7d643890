package dev.paddock.inference;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Elementwise work on fp32 arrays. Each vector kernel has its scalar twin beside it. */
final class VectorMath {
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0.6933594f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float P0 = 0.5f;
  private static final float P1 = 0.16666666f;
  private static final float P2 = 0.041665796f;
  private static final float P3 = 0.008333452f;
  private static final float P4 = 0.0013981999f;
  private static final float P5 = 0.00019875691f;
  private static final float ROUND = 12_582_912f;
  private static final float LOWEST = -87.3f;
  private static final float HIGHEST = 88.3f;

  private VectorMath() {}

  /** {@code out = x / rms(x) * weight}. */
  static void rmsNorm(
      float[] x, int xOffset, float[] weight, double epsilon, float[] out, int outOffset, int n) {
    float squares = sumOfSquares(x, xOffset, n);
    float scale = (float) (1 / Math.sqrt(squares / (double) n + epsilon));
    int i = 0;
    if (Lanes.VECTORISED) {
      for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
        load(x, xOffset + i).mul(scale).mul(load(weight, i)).intoArray(out, outOffset + i);
      }
    }
    for (; i < n; i++) {
      out[outOffset + i] = x[xOffset + i] * scale * weight[i];
    }
  }

  static float sumOfSquares(float[] x, int offset, int n) {
    int i = 0;
    float sum = 0;
    if (Lanes.VECTORISED) {
      FloatVector total = FloatVector.zero(Lanes.FLOATS);
      for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
        FloatVector v = load(x, offset + i);
        total = v.fma(v, total);
      }
      sum = total.reduceLanes(VectorOperators.ADD);
    }
    return sum + sumOfSquaresScalar(x, offset + i, n - i);
  }

  static float sumOfSquaresScalar(float[] x, int offset, int n) {
    float sum = 0;
    for (int i = offset; i < offset + n; i++) {
      sum += x[i] * x[i];
    }
    return sum;
  }

  static float sum(float[] x, int offset, int n) {
    int i = 0;
    float sum = 0;
    if (Lanes.VECTORISED) {
      FloatVector total = FloatVector.zero(Lanes.FLOATS);
      for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
        total = total.add(load(x, offset + i));
      }
      sum = total.reduceLanes(VectorOperators.ADD);
    }
    for (; i < n; i++) {
      sum += x[offset + i];
    }
    return sum;
  }

  /** {@code x += y}. */
  static void add(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      x[xOffset + i] += y[yOffset + i];
    }
  }

  /** {@code gate = silu(gate) * up}. */
  static void swiglu(float[] gate, float[] up, int offset, int n) {
    int i = offset;
    if (Lanes.VECTORISED) {
      for (; i + Lanes.COUNT <= offset + n; i += Lanes.COUNT) {
        FloatVector g = load(gate, i);
        g.mul(load(up, i)).div(exp(g.neg()).add(1f)).intoArray(gate, i);
      }
    }
    swigluScalar(gate, up, i, offset + n - i);
  }

  static void swigluScalar(float[] gate, float[] up, int offset, int n) {
    for (int i = offset; i < offset + n; i++) {
      gate[i] = gate[i] * up[i] / (exp(-gate[i]) + 1f);
    }
  }

  static float max(float[] x, int offset, int n) {
    int i = 0;
    float max = Float.NEGATIVE_INFINITY;
    if (Lanes.VECTORISED && n >= Lanes.COUNT) {
      FloatVector best = load(x, offset);
      for (i = Lanes.COUNT; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
        best = best.max(load(x, offset + i));
      }
      max = best.reduceLanes(VectorOperators.MAX);
    }
    for (; i < n; i++) {
      max = Math.max(max, x[offset + i]);
    }
    return max;
  }

  /** {@code x = e^(x - shift)}; returns the sum. */
  static double exponentiate(float[] x, int offset, int n, float shift) {
    int i = 0;
    double sum = 0;
    if (Lanes.VECTORISED) {
      FloatVector total = FloatVector.zero(Lanes.FLOATS);
      for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
        FloatVector e = exp(load(x, offset + i).sub(shift));
        e.intoArray(x, offset + i);
        total = total.add(e);
      }
      sum = total.reduceLanes(VectorOperators.ADD);
    }
    for (; i < n; i++) {
      x[offset + i] = exp(x[offset + i] - shift);
      sum += x[offset + i];
    }
    return sum;
  }

  /** The logarithm of the sum of {@code e^x}. */
  static double logSumExp(float[] x, int offset, int n) {
    float max = max(x, offset, n);
    int i = 0;
    double sum = 0;
    if (Lanes.VECTORISED) {
      FloatVector total = FloatVector.zero(Lanes.FLOATS);
      for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
        total = total.add(exp(load(x, offset + i).sub(max)));
      }
      sum = total.reduceLanes(VectorOperators.ADD);
    }
    for (; i < n; i++) {
      sum += exp(x[offset + i] - max);
    }
    return max + Math.log(sum);
  }

  static void scale(float[] x, int offset, int n, float factor) {
    for (int i = offset; i < offset + n; i++) {
      x[i] *= factor;
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  /** Cephes' expf: a reduced argument, a polynomial and an exponent; relative error below 2e-7. */
  private static FloatVector exp(FloatVector x) {
    VectorMask<Float> tiny = x.lt(LOWEST);
    FloatVector clamped = x.max(LOWEST).min(HIGHEST);
    FloatVector shifted =
        clamped.fma(
            FloatVector.broadcast(Lanes.FLOATS, LOG2_E),
            FloatVector.broadcast(Lanes.FLOATS, ROUND));
    IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(Lanes.FLOATS, -LN2_HIGH), clamped);
    r = n.fma(FloatVector.broadcast(Lanes.FLOATS, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(Lanes.FLOATS, P5);
    p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, P4));
    p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, P3));
    p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, P2));
    p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, P1));
    p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, P0));
    FloatVector y = p.mul(r).fma(r, r).add(1f);
    IntVector power = exponent.add(127).lanewise(VectorOperators.LSHL, 23);
    return y.mul(power.reinterpretAsFloats()).blend(0f, tiny);
  }

  static float exp(float x) {
    if (x < LOWEST) {
      return 0;
    }
    float clamped = Math.min(x, HIGHEST);
    float n = Math.fma(clamped, LOG2_E, ROUND) - ROUND;
    float r = Math.fma(n, -LN2_HIGH, clamped);
    r = Math.fma(n, -LN2_LOW, r);
    float p = P5;
    p = Math.fma(p, r, P4);
    p = Math.fma(p, r, P3);
    p = Math.fma(p, r, P2);
    p = Math.fma(p, r, P1);
    p = Math.fma(p, r, P0);
    float y = Math.fma(p * r, r, r) + 1f;
    return y * Float.intBitsToFloat(((int) n + 127) << 23);
  }
}
