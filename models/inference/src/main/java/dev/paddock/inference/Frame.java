package dev.paddock.inference;

import org.jspecify.annotations.Nullable;

/**
 * An array or object that was begun and is not done: where in it the text is.
 *
 * @param index the next declared property, or how many items were counted as matches
 * @param count members so far
 * @param used the free keys or the items that must not come again
 * @param depth of this container, 1 for the outermost
 */
record Frame(
    Container rule,
    Phase phase,
    int index,
    int count,
    Used used,
    @Nullable Frame parent,
    int depth) {
  /** JSON nested deeper than this is never written. */
  static final int MAX_DEPTH = 100;

  /** What the text has to come to the end of. */
  enum Phase {
    OPEN,
    KEY,
    FREE_KEY,
    VALUE,
    SEPARATOR,
    CLOSE
  }

  static Frame open(Container rule, @Nullable Frame parent) {
    return new Frame(rule, Phase.OPEN, 0, 0, Used.NONE, parent, depthOf(parent) + 1);
  }

  static int depthOf(@Nullable Frame frame) {
    return frame == null ? 0 : frame.depth;
  }

  /** How deep the members' values may be nested. */
  int innerLimit() {
    return MAX_DEPTH - depth;
  }

  Frame at(Phase next) {
    return new Frame(rule, next, index, count, used, parent, depth);
  }

  /** Bytes that end the whole value once what this frame waits for has ended. */
  static long rest(@Nullable Frame frame, Reading reading) {
    long sum = 0;
    for (Frame f = frame; f != null; f = f.parent) {
      sum += f.rule.rest(f, reading);
    }
    return sum;
  }

  // frames are compared at every byte: those that differ above are different objects already
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof Frame f
            && rule == f.rule
            && phase == f.phase
            && index == f.index
            && count == f.count
            && used.equals(f.used)
            && (parent == f.parent || parent != null && parent.equals(f.parent));
  }

  @Override
  public int hashCode() {
    return ((System.identityHashCode(rule) * 31 + phase.hashCode()) * 31 + index) * 31 + count;
  }
}
