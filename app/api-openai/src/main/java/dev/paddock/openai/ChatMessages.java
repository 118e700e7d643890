package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages of a chat. */
final class ChatMessages {
  private static final int MAX_CALLS = 1_024;

  private final ContentReader contents;
  private final Conversation conversation = new Conversation();

  ChatMessages(ContentReader contents) {
    this.contents = contents;
  }

  ModelRequest read(List<JsonNode> messages) {
    if (messages.isEmpty()) {
      throw Refusal.of("messages", "empty_array", "Invalid 'messages': empty array.");
    }
    for (int i = 0; i < messages.size(); i++) {
      message(Fields.of(messages.get(i), "messages[%d]".formatted(i)));
    }
    conversation.requireAnswered("messages");
    return conversation.request();
  }

  private void message(Fields message) {
    String role = message.requiredText("role");
    if (!role.equals("tool")) {
      conversation.requireAnswered(message.at("role"));
    }
    switch (role) {
      case "system", "developer" ->
          conversation.instruct(
              ContentReader.text(message.required("content"), message.at("content")));
      case "user" ->
          conversation.user(contents.blocks(message.required("content"), message.at("content")));
      case "assistant" -> conversation.assistant(assistant(message));
      case "tool" ->
          conversation.result(
              message.at("tool_call_id"),
              message.requiredText("tool_call_id"),
              contents.blocks(message.required("content"), message.at("content")));
      default ->
          throw Refusal.value(
              message.at("role"), role, "one of developer, system, user, assistant, tool");
    }
  }

  private static Message.Assistant assistant(Fields message) {
    String text =
        message
            .node("content")
            .map(content -> ContentReader.text(content, message.at("content")))
            .or(() -> message.text("refusal"))
            .orElse("");
    List<Message.Call> calls = new ArrayList<>();
    List<JsonNode> sent = message.array("tool_calls", MAX_CALLS).orElse(List.of());
    Optional<ProviderState> state = Optional.empty();
    for (int i = 0; i < sent.size(); i++) {
      Fields call = Fields.of(sent.get(i), "%s[%d]".formatted(message.at("tool_calls"), i));
      Fields function = Fields.of(call.required("function"), call.at("function"));
      calls.add(
          new Message.Call(
              call.requiredText("id"),
              function.requiredText("name"),
              arguments(function.at("arguments"), function.requiredText("arguments"))));
      if (i == 0) {
        state = ChatState.read(call.all());
      }
    }
    if (text.isEmpty() && calls.isEmpty() && message.node("content").isEmpty()) {
      throw Refusal.missing(message.at("content"));
    }
    return new Message.Assistant(text, calls, Optional.empty(), state);
  }

  static ObjectNode arguments(String param, String text) {
    if (text.isBlank()) {
      return Json.object();
    }
    try {
      if (Json.tree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (CoreException e) {
      throw Refusal.value(param, text, "a JSON object as text");
    }
    throw Refusal.value(param, text, "a JSON object as text");
  }
}
