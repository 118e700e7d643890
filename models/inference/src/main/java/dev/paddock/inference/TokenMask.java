package dev.paddock.inference;

import dev.paddock.provider.spi.Origin;
import java.util.List;
import java.util.Optional;

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

  /**
   * How many bytes, and so at most how many tokens, end the value from here; 0 if it is complete.
   */
  default int bytesToClose() {
    return 0;
  }

  /**
   * Tokens that end the value in about the shortest way, for when the budget is nearly spent. The
   * state does not change: each is still to be accepted. Empty if there is no such way.
   */
  default Optional<int[]> closing() {
    return Optional.empty();
  }

  /**
   * Whether the value can still be ended by so many tokens after this allowed one. True where there
   * is no way to end it early, as nothing is gained by watching for it.
   */
  default boolean closesAfter(int token, int tokens) {
    return true;
  }

  /** The values written so far that were copied from a source, in the order of the output. */
  default List<Origin> origins() {
    return List.of();
  }
}
