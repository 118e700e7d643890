package dev.paddock.server;

import dev.paddock.core.SessionId;
import dev.paddock.server.spi.PortPreviews;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Nothing is open, and what is opened is forgotten. */
final class TestingPortPreviews implements PortPreviews {
  @Override
  public List<Known> list(SessionId session) {
    return List.of();
  }

  @Override
  public Opened open(SessionId session, int port, Duration life) {
    Instant now = Instant.EPOCH;
    return new Opened(
        new Known("p1", session, port, now, now.plus(life), "open"), "http://p1.test/");
  }

  @Override
  public Optional<Known> revoke(SessionId session, String id) {
    return Optional.empty();
  }

  @Override
  public void end(SessionId session) {}
}
