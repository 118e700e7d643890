package dev.paddock.provider.spi;

/** Tells how many tokens a request would be read as. */
@FunctionalInterface
public interface TokenCounter {
  /**
   * The tokens of everything that the request brings, tools included.
   *
   * @throws dev.paddock.provider.ModelException as {@link Model#stream} does
   */
  long count(ModelRequest request) throws InterruptedException;
}
