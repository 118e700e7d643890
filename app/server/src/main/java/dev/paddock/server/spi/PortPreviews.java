package dev.paddock.server.spi;

import dev.paddock.core.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Ports of sandboxes that people may open. */
public interface PortPreviews {
  /**
   * What is known of a preview.
   *
   * @param state {@code open}, {@code expired}, {@code revoked} or {@code ended}
   */
  record Known(
      String id, SessionId session, int port, Instant createdAt, Instant expiresAt, String state) {}

  /** A new preview; the URL opens it and is shown this once. */
  record Opened(Known known, String url) {}

  /** Newest first. */
  List<Known> list(SessionId session);

  Opened open(SessionId session, int port, Duration life);

  /** Empty where the session has none such. */
  Optional<Known> revoke(SessionId session, String id);

  /** Revokes all of a session. */
  void end(SessionId session);
}
