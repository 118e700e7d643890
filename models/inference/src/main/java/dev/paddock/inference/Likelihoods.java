package dev.paddock.inference;

import java.util.List;

/**
 * Log-probabilities of given tokens after given hidden states, without ever holding all logits: the
 * vocabulary passes in slabs.
 */
final class Likelihoods {
  private static final int SLAB = 2048;

  private Likelihoods() {}

  /** The token wanted after a row; its log-probability is written back. */
  static final class Target {
    final int row;
    final int token;
    double logit;
    double logProbability;

    Target(int row, int token) {
      this.row = row;
      this.token = token;
    }
  }

  static void compute(Network network, Rows hidden, int rows, List<Target> targets) {
    int vocabulary = network.vocabularySize();
    Rows slab = new Rows(rows, Math.min(SLAB, Layouts.roundUp(vocabulary, 32)));
    double[] max = new double[rows];
    double[] sum = new double[rows];
    java.util.Arrays.fill(max, Double.NEGATIVE_INFINITY);
    for (int first = 0; first < vocabulary; first += SLAB) {
      int count = Math.min(SLAB, vocabulary - first);
      network.logits(hidden, rows, first, count, slab);
      for (Target target : targets) {
        if (target.token >= first && target.token < first + count) {
          target.logit = slab.data[slab.at(target.row) + target.token - first];
        }
      }
      for (int row = 0; row < rows; row++) {
        float top = VectorMath.max(slab.data, slab.at(row), count);
        double part = VectorMath.exponentiate(slab.data, slab.at(row), count, top);
        double shift = Math.max(max[row], top);
        sum[row] = sum[row] * Math.exp(max[row] - shift) + part * Math.exp(top - shift);
        max[row] = shift;
      }
    }
    for (Target target : targets) {
      target.logProbability = target.logit - max[target.row] - Math.log(sum[target.row]);
    }
  }
}
