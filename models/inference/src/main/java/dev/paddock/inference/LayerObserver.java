package dev.paddock.inference;

/** Sees the residual stream, for comparison with a reference. */
@FunctionalInterface
public interface LayerObserver {
  LayerObserver NONE = (layer, rows, count) -> {};

  /**
   * @param layer 0 for the embedding, then each layer's output; the last one is after the final
   *     norm
   */
  void observe(int layer, Rows rows, int count);
}
