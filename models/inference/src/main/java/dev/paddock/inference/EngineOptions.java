package dev.paddock.inference;

/**
 * What an engine may use.
 *
 * @param threads that compute, the caller's among them
 * @param cacheBytes memory for the keys and values of all its sequences
 */
public record EngineOptions(int threads, long cacheBytes) {
  public static final EngineOptions DEFAULT = new EngineOptions(Workers.defaultThreads(), 1L << 30);

  public EngineOptions withThreads(int count) {
    return new EngineOptions(count, cacheBytes);
  }
}
