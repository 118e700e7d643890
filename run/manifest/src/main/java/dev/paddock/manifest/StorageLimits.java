package dev.paddock.manifest;

import java.time.Duration;

/** What one mount may bring in. */
public record StorageLimits(long maxBytes, int maxFiles, Duration maxTime) {
  public static final StorageLimits DEFAULT =
      new StorageLimits(1L << 30, 100_000, Duration.ofMinutes(10));

  public StorageLimits withMaxBytes(long bytes) {
    return new StorageLimits(bytes, maxFiles, maxTime);
  }

  public StorageLimits withMaxFiles(int files) {
    return new StorageLimits(maxBytes, files, maxTime);
  }

  public StorageLimits withMaxTime(Duration time) {
    return new StorageLimits(maxBytes, maxFiles, time);
  }
}
