package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.ToolResult;
import java.util.List;
import java.util.Optional;

/** Gives the conversation to another agent: its document takes the place of the session's. */
final class HandOff {
  private HandOff() {}

  /** The document, the events that say so and the call's result are one append. */
  static void run(RunContext context, SessionEvent.Call call, SessionDocument.Delegate successor)
      throws LeaseLostException {
    ObjectNode document = context.session().document().deepCopy();
    successor.session().properties().forEach(e -> document.set(e.getKey(), e.getValue()));
    ObjectNode changes = Json.object();
    changes.set("agent", document.path("agent"));
    String from = context.definition().name();
    List<SessionEvent> events =
        List.of(
            new SessionEvent.SessionUpdated(EventId.next(), changes),
            new SessionEvent.Notice(
                EventId.next(),
                "handed_off",
                "%s handed the conversation to %s".formatted(from, successor.name()),
                Optional.of(Json.object().put("from", from).put("to", successor.name()))),
            CallResults.event(
                call,
                ToolResult.ok(
                    "The conversation is now with the agent %s. %s"
                        .formatted(successor.name(), call.input().path("message").asText()))));
    context
        .log()
        .append(SessionLog.whileOpen(call, events), Append.Durability.TURN, Optional.of(document));
  }
}
