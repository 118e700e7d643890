package dev.paddock.server;

import java.time.Duration;

/**
 * How long the server waits.
 *
 * @param head a connection may stay without a whole request, at its start and between requests
 * @param read for the next bytes of a body
 * @param write for a client to take what was written
 * @param ping the silence of a stream before a comment is sent
 * @param drain for running requests to end when the server stops
 */
record Timeouts(Duration head, Duration read, Duration write, Duration ping, Duration drain) {
  static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10));
}
