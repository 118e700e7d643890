package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;

/** What of its limits a tree has used so far. */
final class TreeBudget {
  private final SnapshotLimits limits;
  private final String what;
  private int entries;
  private long bytes;

  /**
   * @param what is counted, for the message
   */
  TreeBudget(SnapshotLimits limits, String what) {
    this.limits = limits;
    this.what = what;
  }

  /** {@code LIMIT_EXCEEDED} where there is no room for one more. */
  void take(TreeEntry entry) {
    entries++;
    if (entries > limits.maxEntries()) {
      throw exceeded("more than %,d files and folders".formatted(limits.maxEntries()));
    }
    if (depth(entry.path()) > limits.maxDepth()) {
      throw exceeded(
          "%s, which lies deeper than %d folders".formatted(entry.path(), limits.maxDepth()));
    }
    if (entry.size() > limits.maxFileBytes()) {
      throw exceeded(
          "%s with %,d bytes; a file may have %,d"
              .formatted(entry.path(), entry.size(), limits.maxFileBytes()));
    }
    bytes += entry.size();
    if (bytes > limits.maxBytes()) {
      throw exceeded("more than %,d bytes".formatted(limits.maxBytes()));
    }
  }

  long bytes() {
    return bytes;
  }

  static int depth(String path) {
    return 1 + (int) path.chars().filter(c -> c == '/').count();
  }

  private SandboxException exceeded(String found) {
    return new SandboxException(ErrorCode.LIMIT_EXCEEDED, "%s holds %s".formatted(what, found));
  }
}
