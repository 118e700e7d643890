package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The agents that a session's agent may give work or the conversation to, as two tools. */
record Roster(List<SessionDocument.Delegate> entries) {
  static final String DELEGATE = "delegate";
  static final String HAND_OFF = "hand_off";

  List<ToolDefinition> tools() {
    List<ToolDefinition> tools = new ArrayList<>();
    List<SessionDocument.Delegate> delegates = of(SessionDocument.Delegate.Kind.DELEGATE);
    if (!delegates.isEmpty()) {
      ObjectNode schema = schema(delegates, "What it is to do, with all that it needs to know.");
      schema
          .withObject("/properties/thread")
          .put("type", "string")
          .put("description", "Goes on with a thread of before, by its id; left out: a new one.");
      tools.add(
          new ToolDefinition(
              DELEGATE,
              "Gives a task to another agent, which works on it in a thread of its own in the "
                  + "same workspace, and returns its answer. Several calls at once run side by "
                  + "side. The agents:"
                  + lines(delegates),
              schema,
              false));
    }
    List<SessionDocument.Delegate> successors = of(SessionDocument.Delegate.Kind.HAND_OFF);
    if (!successors.isEmpty()) {
      tools.add(
          new ToolDefinition(
              HAND_OFF,
              "Hands the whole conversation to another agent, which goes on with it instead of "
                  + "you. The agents:"
                  + lines(successors),
              schema(successors, "What it needs to know beyond the conversation."),
              false));
    }
    return tools;
  }

  Optional<SessionDocument.Delegate> called(SessionEvent.Call call) {
    return Optional.ofNullable(
            switch (call.name()) {
              case DELEGATE -> SessionDocument.Delegate.Kind.DELEGATE;
              case HAND_OFF -> SessionDocument.Delegate.Kind.HAND_OFF;
              default -> null;
            })
        .flatMap(
            kind ->
                of(kind).stream()
                    .filter(one -> one.name().equals(call.input().path("agent").asText()))
                    .findFirst());
  }

  private List<SessionDocument.Delegate> of(SessionDocument.Delegate.Kind kind) {
    return entries.stream().filter(entry -> entry.kind() == kind).toList();
  }

  private static String lines(List<SessionDocument.Delegate> entries) {
    StringBuilder out = new StringBuilder();
    entries.forEach(
        entry -> out.append("\n- ").append(entry.name()).append(": ").append(entry.description()));
    return out.toString();
  }

  private static ObjectNode schema(List<SessionDocument.Delegate> entries, String message) {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode names = properties.putObject("agent").putArray("enum");
    entries.forEach(entry -> names.add(entry.name()));
    properties.putObject("message").put("type", "string").put("description", message);
    schema.putArray("required").add("agent").add("message");
    return schema.put("additionalProperties", false);
  }
}
