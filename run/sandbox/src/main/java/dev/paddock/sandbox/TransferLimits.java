package dev.paddock.sandbox;

/** How much a workspace may be filled with. */
public record TransferLimits(int maxEntries, long maxFileBytes, long maxBytes) {
  public static final TransferLimits DEFAULT = new TransferLimits(100_000, 1L << 30, 2L << 30);
}
