package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.node.EventLine;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * An event as commands show it.
 *
 * @param line its JSON form
 */
record ShownEvent(LogEntry entry, JsonNode line) {
  static ShownEvent of(LogEntry entry) {
    return new ShownEvent(entry, EventLine.of(entry));
  }

  /** An event of the API, which is the {@code sequence}th of its session. */
  static ShownEvent of(SessionId session, long sequence, JsonNode wire) {
    Instant at;
    try {
      at = Instant.parse(wire.path("processed_at").asText());
    } catch (DateTimeException e) {
      at = Instant.now();
    }
    LogEntry entry =
        new LogEntry(
            session, sequence, sequence, at, Principal.SYSTEM, Optional.empty(), event(wire));
    return new ShownEvent(entry, wire);
  }

  /** A form that only a later release knows is shown as it came. */
  private static SessionEvent event(JsonNode wire) {
    try {
      return Json.convert(wire, SessionEvent.class);
    } catch (CoreException e) {
      ObjectNode raw = wire instanceof ObjectNode object ? object : Json.object();
      return new SessionEvent.Unknown(EventId.next(), raw.path("type").asText(), raw);
    }
  }
}
