package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Sampling;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the next token: the most likely at temperature 0, else at random among the {@code topK}
 * best, the fewest that together reach {@code topP}, and those at least {@code minP} as likely as
 * the best. The same seed makes the same choices.
 */
final class Sampler {
  private final double temperature;
  private final int topK;
  private final double topP;
  private final double minP;
  private final SplittableRandom random;

  Sampler(double temperature, int topK, double topP, double minP, long seed) {
    this.temperature = temperature;
    this.topK = topK;
    this.topP = topP;
    this.minP = minP;
    random = new SplittableRandom(seed);
  }

  /** What a request leaves open is as the model's makers advise, or greedy under a grammar. */
  static Sampler of(Sampling sampling, boolean constrained, long seed) {
    double temperature = sampling.temperature().orElse(constrained ? 0.0 : 0.2);
    double topP = sampling.topP().orElse(0.9);
    int topK = sampling.topK().orElse(0);
    if (!(temperature >= 0 && temperature <= 100) || !(topP > 0 && topP <= 1) || topK < 0) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "temperature %s must be 0 to 100, top_p %s above 0 and at most 1, top_k %d not negative"
              .formatted(temperature, topP, topK));
    }
    return new Sampler(temperature, topK, topP, 0, sampling.seed().orElse(seed));
  }

  /**
   * @param n how many logits there are
   * @param allowed a bit set of the tokens to choose from, null for all
   */
  int choose(float[] logits, int n, long @Nullable [] allowed) {
    int best = argmax(logits, n, allowed);
    if (temperature == 0 || topK == 1) {
      return best;
    }
    // beyond this a token is less likely than one in ten million
    double floor = logits[best] - 16 * temperature;
    long[] sorted = candidates(logits, n, allowed, floor);
    double[] weights = new double[sorted.length];
    int count = 0;
    double total = 0;
    int limit = topK == 0 ? sorted.length : Math.min(topK, sorted.length);
    while (count < limit) {
      float logit = logits[token(sorted[count])];
      double weight = Math.exp((logit - logits[best]) / temperature);
      if (weight < minP) {
        break;
      }
      weights[count++] = weight;
      total += weight;
    }
    double kept = 0;
    int nucleus = 0;
    while (nucleus < count && kept < topP * total) {
      kept += weights[nucleus++];
    }
    double point = random.nextDouble() * kept;
    for (int i = 0; i < nucleus; i++) {
      point -= weights[i];
      if (point < 0) {
        return token(sorted[i]);
      }
    }
    return token(sorted[Math.max(0, nucleus - 1)]);
  }

  /** Tokens of at least the floor, the likeliest first, equal ones by id. */
  private static long[] candidates(float[] logits, int n, long @Nullable [] allowed, double floor) {
    long[] out = new long[256];
    int count = 0;
    for (int i = 0; i < n; i++) {
      if (logits[i] >= floor && isAllowed(allowed, i)) {
        if (count == out.length) {
          out = Arrays.copyOf(out, 2 * count);
        }
        out[count++] = (long) ~ordered(logits[i]) << 32 | i;
      }
    }
    long[] sorted = Arrays.copyOf(out, count);
    Arrays.sort(sorted);
    return sorted;
  }

  /** An int that sorts as the float does. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value);
    return bits >= 0 ? bits : bits ^ 0x7fffffff;
  }

  private static int token(long candidate) {
    return (int) candidate;
  }

  private static boolean isAllowed(long @Nullable [] allowed, int token) {
    return allowed == null || (allowed[token >> 6] >>> token & 1) != 0;
  }

  static int argmax(float[] logits, int n) {
    return argmax(logits, n, null);
  }

  /** The most likely allowed token, the lowest of equals. */
  static int argmax(float[] logits, int n, long @Nullable [] allowed) {
    int best = -1;
    for (int i = 0; i < n; i++) {
      if (isAllowed(allowed, i) && (best < 0 || logits[i] > logits[best])) {
        best = i;
      }
    }
    if (best < 0 || Float.isNaN(logits[best])) {
      throw new ModelException(
          ErrorCode.CORRUPT, "the model computes no numbers; its file may be damaged");
    }
    return best;
  }
}
