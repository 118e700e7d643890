package dev.paddock.sandbox;

/**
 * How much a snapshot may hold, whether it is taken, restored or comes from outside.
 *
 * @param maxBytes of all files together, holes counted
 * @param maxDepth folders in each other
 * @param maxRatio how many bytes one byte of an archive from outside may become, once there are
 *     more than {@link #RATIO_FROM}
 */
public record SnapshotLimits(
    int maxEntries, long maxFileBytes, long maxBytes, int maxDepth, int maxRatio) {
  static final long RATIO_FROM = 16L << 20;

  public static final SnapshotLimits DEFAULT =
      new SnapshotLimits(200_000, 4L << 30, 8L << 30, 200, 200);

  public SnapshotLimits withMaxBytes(long bytes) {
    return new SnapshotLimits(maxEntries, Math.min(maxFileBytes, bytes), bytes, maxDepth, maxRatio);
  }

  public SnapshotLimits withMaxEntries(int entries) {
    return new SnapshotLimits(entries, maxFileBytes, maxBytes, maxDepth, maxRatio);
  }
}
