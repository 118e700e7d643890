package dev.paddock.provider.spi;

import java.util.List;

/**
 * Log-likelihoods of given texts. Every string is tokenised for itself, so that a boundary between
 * two of them is always a token boundary.
 */
public interface Scorer {
  /**
   * Scores many continuations of one prefix as one token trie; the prefix's cache is kept for the
   * next call.
   *
   * @param prefix segments, the longest-lived first; a segment that recurs is evaluated once
   * @return in the order of {@code branches}
   */
  List<Score> score(List<String> prefix, List<Branch> branches) throws InterruptedException;

  /** Text that follows the prefix unscored ({@code bridge}), then the text to score. */
  record Branch(String bridge, String continuation) {}

  /** The sum of natural log-probabilities of the continuation's {@code tokens}. */
  record Score(double logLikelihood, int tokens) {}
}
