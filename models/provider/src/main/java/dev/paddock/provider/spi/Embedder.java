package dev.paddock.provider.spi;

import java.util.List;
import java.util.OptionalInt;

/** Turns texts into vectors whose nearness is nearness in meaning. */
@FunctionalInterface
public interface Embedder {
  /**
   * One vector for each text, in their order.
   *
   * @param dimensions the length of the vectors, where the model offers a choice
   * @throws dev.paddock.provider.ModelException as {@link Model#stream} does
   */
  Embeddings embed(List<String> texts, OptionalInt dimensions) throws InterruptedException;

  /**
   * Vectors and what they cost.
   *
   * @param tokens read; 0 where the provider does not tell
   */
  record Embeddings(List<float[]> vectors, long tokens) {}
}
