package dev.paddock.anthropic;

import dev.paddock.core.LogEntry;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.server.spi.ServerException;
import java.util.List;

/** Where an event stands in a log, looked for from the newest one backwards. */
final class EventPlace {
  private static final int BATCH = 500;

  private EventPlace() {}

  static long of(Sessions sessions, SessionRecord session, String eventId) {
    long before = Long.MAX_VALUE;
    while (true) {
      List<LogEntry> entries = sessions.read(session.id(), LogQuery.last(BATCH).withBefore(before));
      for (LogEntry entry : entries) {
        if (entry.event().id().value().equals(eventId)) {
          return entry.sequence();
        }
      }
      if (entries.isEmpty()) {
        throw ServerException.invalid(
            "Last-Event-ID",
            "\"%s\" is no event of this session".formatted(Texts.shortened(eventId)));
      }
      before = entries.getLast().sequence();
    }
  }
}
