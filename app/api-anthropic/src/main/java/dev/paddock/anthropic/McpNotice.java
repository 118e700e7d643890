package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import java.util.ArrayList;
import java.util.List;

/** Says in the log which MCP servers an agent names and this release does not connect to. */
final class McpNotice {
  private McpNotice() {}

  static List<SessionEvent> of(JsonNode agent) {
    List<SessionEvent> errors = new ArrayList<>();
    for (JsonNode server : agent.path("mcp_servers")) {
      ObjectNode error =
          Json.object()
              .put("type", "mcp_connection_failed_error")
              .put("mcp_server_name", server.path("name").asText())
              .put(
                  "message",
                  "this release does not connect to MCP servers; the session goes on without the tools of \"%s\""
                      .formatted(server.path("name").asText()));
      error.putObject("retry_status").put("type", "retrying");
      errors.add(new SessionEvent.SessionError(EventId.next(), error));
    }
    return errors;
  }
}
