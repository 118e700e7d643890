package dev.paddock.openai;

import dev.paddock.core.ContentBlock;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A conversation while it is read: what a model is told first, then what was said. */
final class Conversation {
  private final List<String> system = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();
  private final Map<String, String> toolNames = new HashMap<>();
  private final Set<String> unanswered = new LinkedHashSet<>();

  /** Before anything was said it is part of the system prompt, later it stands where it came. */
  void instruct(String text) {
    if (messages.isEmpty()) {
      system.add(text);
    } else {
      messages.add(new Message.Instruction(text));
    }
  }

  /** Stands before all that was or will be told. */
  void instructFirst(String text) {
    system.addFirst(text);
  }

  void user(List<ContentBlock> content) {
    messages.add(new Message.User(content));
  }

  void assistant(Message.Assistant said) {
    messages.add(said);
    for (Message.Call call : said.calls()) {
      toolNames.put(call.id(), call.name());
      unanswered.add(call.id());
    }
  }

  void result(String param, String callId, List<ContentBlock> content) {
    String tool = toolNames.get(callId);
    if (tool == null) {
      throw Refusal.of(
          param,
          "invalid_value",
          "No tool call found for the output with call id '%s'.".formatted(Refusal.shown(callId)));
    }
    if (!unanswered.remove(callId)) {
      throw Refusal.of(
          param,
          "invalid_value",
          "The tool call '%s' has two outputs.".formatted(Refusal.shown(callId)));
    }
    messages.add(new Message.ToolResult(callId, tool, content, false));
  }

  /** Refuses to go on while a call has no result. */
  void requireAnswered(String param) {
    if (!unanswered.isEmpty()) {
      throw Refusal.of(
          param,
          "invalid_value",
          "No tool output found for the tool calls %s; each must be answered before anything else is said."
              .formatted(
                  unanswered.stream().limit(5).map(id -> "'" + Refusal.shown(id) + "'").toList()));
    }
  }

  ModelRequest request() {
    ModelRequest request = ModelRequest.of(List.copyOf(messages));
    return system.isEmpty() ? request : request.withSystem(String.join("\n\n", system));
  }

  boolean isEmpty() {
    return messages.isEmpty() && system.isEmpty();
  }
}
