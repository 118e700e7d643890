package dev.paddock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.Optional;

/**
 * A session in a list.
 *
 * @param events how many, where that is known
 */
record SessionRow(
    String id,
    String status,
    String agent,
    String createdAt,
    String updatedAt,
    Optional<Long> events) {

  ObjectNode json() {
    ObjectNode line = Json.object().put("id", id).put("status", status).put("agent", agent);
    line.put("created_at", createdAt).put("updated_at", updatedAt);
    events.ifPresent(count -> line.put("events", count));
    return line;
  }
}
