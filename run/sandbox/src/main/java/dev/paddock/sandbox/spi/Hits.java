package dev.paddock.sandbox.spi;

/** How often the limits that bind a whole sandbox were hit since it was started. */
public record Hits(long memory, long processes) {
  public static final Hits NONE = new Hits(0, 0);
}
