package dev.paddock.inference;

import dev.paddock.provider.spi.ModelEvent.Alternative;
import dev.paddock.provider.spi.ModelEvent.TokenLogprob;
import java.util.ArrayList;
import java.util.List;

/** Log-probabilities of a step, before any mask or temperature. */
final class TopTokens {
  private final float[] logits;
  private final int n;
  private final double total;

  TopTokens(float[] logits, int n) {
    this.logits = logits;
    this.n = n;
    total = VectorMath.logSumExp(logits, 0, n);
  }

  double logProbability(int token) {
    return logits[token] - total;
  }

  /** The token with its {@code rivals} best, itself among them if it is one. */
  TokenLogprob describe(int token, int rivals, Tokenizer tokenizer) {
    List<Alternative> top = new ArrayList<>();
    for (int id : best(rivals)) {
      top.add(new Alternative(tokenizer.text(id), logProbability(id)));
    }
    return new TokenLogprob(tokenizer.text(token), logProbability(token), top);
  }

  private List<Integer> best(int count) {
    List<Integer> best = new ArrayList<>();
    for (int id = 0; id < n; id++) {
      int at = best.size();
      while (at > 0 && logits[id] > logits[best.get(at - 1)]) {
        at--;
      }
      if (at < count) {
        best.add(at, id);
        if (best.size() > count) {
          best.removeLast();
        }
      }
    }
    return best;
  }
}
