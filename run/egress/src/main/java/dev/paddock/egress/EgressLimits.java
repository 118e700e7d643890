package dev.paddock.egress;

import java.time.Duration;

/**
 * What one sandbox may use of the proxy.
 *
 * @param connections at the same time
 * @param requestsPerMinute on average; twice as many at once
 * @param headBytes the longest head of a request or an answer
 * @param headTime until a request's head is complete
 * @param connectTime until a host answers
 * @param idleTime without a byte in either direction
 * @param totalTime of one connection
 * @param askTime how long a request waits for a person
 * @param sentBytes of one request or tunnel
 * @param receivedBytes likewise
 * @param bufferedBytes the longest body with a length in which a secret is looked for
 */
public record EgressLimits(
    int connections,
    int requestsPerMinute,
    int headBytes,
    Duration headTime,
    Duration connectTime,
    Duration idleTime,
    Duration totalTime,
    Duration askTime,
    long sentBytes,
    long receivedBytes,
    int bufferedBytes) {
  public static final EgressLimits DEFAULT =
      new EgressLimits(
          256,
          6_000,
          64 << 10,
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          Duration.ofSeconds(60),
          4L << 30,
          16L << 30,
          16 << 20);

  public EgressLimits withConnections(int count) {
    return new EgressLimits(
        count,
        requestsPerMinute,
        headBytes,
        headTime,
        connectTime,
        idleTime,
        totalTime,
        askTime,
        sentBytes,
        receivedBytes,
        bufferedBytes);
  }

  public EgressLimits withRequestsPerMinute(int count) {
    return new EgressLimits(
        connections,
        count,
        headBytes,
        headTime,
        connectTime,
        idleTime,
        totalTime,
        askTime,
        sentBytes,
        receivedBytes,
        bufferedBytes);
  }

  public EgressLimits withTimes(Duration head, Duration idle, Duration total, Duration ask) {
    return new EgressLimits(
        connections,
        requestsPerMinute,
        headBytes,
        head,
        connectTime,
        idle,
        total,
        ask,
        sentBytes,
        receivedBytes,
        bufferedBytes);
  }

  public EgressLimits withBytes(long sent, long received) {
    return new EgressLimits(
        connections,
        requestsPerMinute,
        headBytes,
        headTime,
        connectTime,
        idleTime,
        totalTime,
        askTime,
        sent,
        received,
        bufferedBytes);
  }
}
