package dev.paddock.sandbox;

import java.time.Duration;
import java.time.Instant;

/** Makes what listens in a sandbox visible to people. */
public interface PortExposer {
  /** Where it is seen, to whoever has this address, and until when. */
  record Exposed(String url, Instant expiresAt) {}

  /** Throws a {@code PaddockException} that says what is missing where that is not possible. */
  Exposed expose(int port, Duration life);
}
