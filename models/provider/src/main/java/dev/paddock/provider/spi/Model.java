package dev.paddock.provider.spi;

import java.util.Optional;

/** A model that can be asked; safe for many threads. */
public interface Model extends AutoCloseable {
  ModelDescription description();

  /**
   * Starts a request. Errors before and during the stream are {@link
   * dev.paddock.provider.ModelException}s with a retryable code where another try may help.
   */
  ModelStream stream(ModelRequest request);

  /** Likelihoods of given continuations, where the model offers them. */
  default Optional<Scorer> scorer() {
    return Optional.empty();
  }

  /** Vectors of texts, where the model's provider offers them. */
  default Optional<Embedder> embedder() {
    return Optional.empty();
  }

  /** Exact token counts, where the model's provider offers them. */
  default Optional<TokenCounter> tokenCounter() {
    return Optional.empty();
  }

  @Override
  default void close() {}
}
