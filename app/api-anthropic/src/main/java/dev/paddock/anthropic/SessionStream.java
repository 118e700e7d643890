package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import dev.paddock.server.spi.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A log as server-sent events, from a place on. It ends when the session is terminated or deleted.
 */
final class SessionStream implements EventSource {
  private static final int BATCH = 100;

  private final Sessions sessions;
  private final SessionId session;
  private final Subscription subscription;

  SessionStream(Sessions sessions, SessionId session, long after) {
    this.sessions = sessions;
    this.session = session;
    this.subscription = sessions.subscribe(session, after);
  }

  @Override
  public Batch next(Duration wait) throws InterruptedException {
    List<LogEntry> entries;
    try {
      entries = subscription.next(BATCH, wait);
    } catch (PaddockException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return deleted();
      }
      throw e;
    }
    if (entries.isEmpty()) {
      return sessions.find(session).isPresent() ? Batch.NOTHING : deleted();
    }
    List<Event> events = new ArrayList<>();
    for (LogEntry entry : entries) {
      String id = entry.event().id().value();
      events.add(event(Optional.of(id), EventWire.of(entry)));
      if (entry.event() instanceof SessionEvent.StatusTerminated) {
        return new Batch(events, true);
      }
    }
    return new Batch(events, false);
  }

  private static Batch deleted() {
    ObjectNode wire =
        Json.object()
            .put("id", EventId.next().value())
            .put("type", "session.deleted")
            .put("processed_at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    return new Batch(List.of(event(Optional.empty(), wire)), true);
  }

  static Event event(Optional<String> id, ObjectNode wire) {
    return new Event(id, Optional.of(wire.path("type").asText()), Json.write(wire));
  }

  @Override
  public void close() {
    subscription.close();
  }
}
