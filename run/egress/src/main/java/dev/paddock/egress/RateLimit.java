package dev.paddock.egress;

import java.util.concurrent.TimeUnit;

/** So many requests a minute on average, and twice as many at once. */
final class RateLimit {
  private final double perNano;
  private final double most;
  private double left;
  private long last;

  RateLimit(int perMinute, long now) {
    perNano = perMinute / (double) TimeUnit.MINUTES.toNanos(1);
    most = 2.0 * perMinute;
    left = most;
    last = now;
  }

  synchronized boolean take(long now) {
    left = Math.min(most, left + (now - last) * perNano);
    last = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
