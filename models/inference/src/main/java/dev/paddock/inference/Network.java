package dev.paddock.inference;

/** A loaded model: its weights and how they are applied. For one thread at a time. */
public interface Network extends AutoCloseable {
  int vocabularySize();

  /** Tokens that a sequence may have. */
  int contextLength();

  /** Tokens that one batch may have. */
  int batchLimit();

  /** Parameters, for display. */
  long parameters();

  /** An empty sequence; its cache's layout is the network's own. */
  Sequence newSequence();

  BlockPool pool();

  /**
   * Evaluates the batch and keeps what its chains add to their sequences.
   *
   * @param observer is shown the residual stream
   * @return the final hidden state of each token, valid until the next call
   */
  Rows forward(Batch batch, LayerObserver observer);

  /** The logits of one row of hidden states, to the first row of {@code out}. */
  void logits(Rows hidden, int row, Rows out);

  /**
   * Some of the logits of several rows.
   *
   * @param rows how many, from the first on
   * @param firstToken a multiple of 32; its logit is the first of a row of {@code out}
   */
  void logits(Rows hidden, int rows, int firstToken, int tokens, Rows out);

  @Override
  void close();
}
