package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import java.util.Optional;

/** A log entry as one JSON object: the event's own fields, its sequence and its time. */
public final class EventLine {
  private EventLine() {}

  public static ObjectNode of(LogEntry entry) {
    ObjectNode line = Json.object();
    line.put("sequence", entry.sequence());
    line.put("session_id", entry.sessionId().value());
    line.put("processed_at", entry.recordedAt().toString());
    ObjectNode event = (ObjectNode) Json.tree(entry.event());
    // What is said of a thread names the place in the thread's log, too.
    Optional.ofNullable(event.remove("sequence")).ifPresent(it -> event.set("thread_sequence", it));
    line.setAll(event);
    return line;
  }
}
