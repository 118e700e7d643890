package dev.paddock.inference;

/**
 * The state of a constraint over output tokens; mutable, one for each generation, for one thread.
 *
 * <p>A set of tokens is a bit set in {@code long}s, bit {@code t & 63} of word {@code t >> 6}, of
 * {@link TokenVocabulary#maskWords()} words.
 */
public interface TokenMask {
  /**
   * Overwrites {@code out} with the tokens that may come next. Special tokens are never among them;
   * whether the turn may end here is {@link #isComplete()}.
   */
  void allowed(long[] out);

  /**
   * Moves on by one token.
   *
   * @throws IllegalArgumentException if the token is not allowed; the state is then unchanged
   */
  void accept(int token);

  /** The text so far is a whole valid value: the turn may end. */
  boolean isComplete();

  /** The text so far is a whole valid value and nothing may follow. */
  boolean mustEnd();

  /**
   * Tokens that are the only way on, to be taken without asking the model; empty where there is a
   * choice. The state does not change: each is still to be accepted.
   */
  int[] forced();
}
