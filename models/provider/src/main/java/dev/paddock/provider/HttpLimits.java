package dev.paddock.provider;

import java.time.Duration;

/**
 * What a provider's answer may cost.
 *
 * @param idle the longest silence, before the first event too
 * @param total the longest answer
 */
record HttpLimits(Duration idle, Duration total, int maxEventBytes, long maxStreamBytes) {
  static final HttpLimits DEFAULT =
      new HttpLimits(Duration.ofMinutes(10), Duration.ofHours(2), 16 << 20, 256L << 20);
}
