package dev.paddock.inference;

import java.util.Arrays;

/**
 * Rotary position embedding in the half-split layout: numbers {@code i} and {@code i + n/2} of a
 * head are turned together. Angles are kept for the positions seen so far.
 */
final class Rotary {
  private final double[] frequencies;
  private final float factor;
  private float[] cosines = new float[0];
  private float[] sines = new float[0];

  /**
   * @param frequencies radians a position, one for each pair
   * @param factor by which both sine and cosine are multiplied, 1 except for some scalings
   */
  Rotary(double[] frequencies, double factor) {
    this.frequencies = frequencies.clone();
    this.factor = (float) factor;
  }

  /** Makes sure of the angles up to a position. */
  void prepare(int position) {
    int half = frequencies.length;
    int known = cosines.length / half;
    if (position < known) {
      return;
    }
    int wanted = Layouts.roundUp(Math.max(position + 1, 2 * known), 256);
    cosines = Arrays.copyOf(cosines, wanted * half);
    sines = Arrays.copyOf(sines, wanted * half);
    for (int p = known; p < wanted; p++) {
      for (int i = 0; i < half; i++) {
        double angle = p * frequencies[i];
        cosines[p * half + i] = (float) Math.cos(angle) * factor;
        sines[p * half + i] = (float) Math.sin(angle) * factor;
      }
    }
  }

  /** Turns the heads of one row. */
  void apply(float[] data, int offset, int heads, int headSize, int position) {
    int half = frequencies.length;
    int angle = position * half;
    for (int head = offset; head < offset + heads * headSize; head += headSize) {
      for (int i = 0; i < half; i++) {
        float a = data[head + i];
        float b = data[head + half + i];
        float cos = cosines[angle + i];
        float sin = sines[angle + i];
        data[head + i] = a * cos - b * sin;
        data[head + half + i] = b * cos + a * sin;
      }
    }
  }
}
