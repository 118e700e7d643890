package dev.paddock.inference;

/** Chooses the next token from logits. */
final class Sampler {
  private Sampler() {}

  static int argmax(float[] logits, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
