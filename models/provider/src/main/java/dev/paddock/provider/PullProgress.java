package dev.paddock.provider;

/** Told how far a fetch is. */
@FunctionalInterface
public interface PullProgress {
  PullProgress NONE = (what, done, total) -> {};

  /**
   * @param what the step, such as {@code downloading}
   * @param done bytes so far
   * @param total bytes in the end, 0 while that is unknown
   */
  void step(String what, long done, long total);
}
