package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the messages of a request: turns of user and assistant, each call with its result. */
final class MessageTurns {
  private static final int MAX_MESSAGES = 100_000;
  private static final int MAX_BLOCKS = 10_000;
  private static final int MAX_TEXT = 16 << 20;
  private static final int MAX_ID = 256;

  /** Hints and marks that change nothing of what a model is told. */
  private static final List<String> MARKS =
      List.of("cache_control", "transformations", "toolset_name", "caller");

  private final ContentReader contents;
  private final List<Message> messages = new ArrayList<>();
  private final Map<String, String> toolNames = new HashMap<>();
  private final Set<String> unanswered = new LinkedHashSet<>();

  MessageTurns(ContentReader contents) {
    this.contents = contents;
  }

  List<Message> read(Fields body) {
    List<Fields> sent = body.objects("messages", MAX_MESSAGES);
    if (sent.isEmpty()) {
      throw body.invalid("messages", "at least one message is required");
    }
    for (Fields message : sent) {
      message.only("role", "content");
      switch (message.requiredWord("role", "user", "assistant", "system")) {
        case "user" -> user(message);
        case "system" -> {
          requireAnswered(message);
          messages.add(new Message.Instruction(text(message, "content")));
        }
        default -> {
          requireAnswered(message);
          assistant(message);
        }
      }
    }
    requireAnswered(sent.getLast());
    return List.copyOf(messages);
  }

  /** A string, or a list of text blocks. */
  static String text(Fields holder, String key) {
    if (holder.json().path(key).isTextual()) {
      return holder.text(key, MAX_TEXT).orElse("");
    }
    StringBuilder out = new StringBuilder();
    for (Fields block : holder.objects(key, MAX_BLOCKS)) {
      block.requiredWord("type", "text");
      out.append(out.isEmpty() ? "" : "\n\n").append(block.requiredText("text", MAX_TEXT));
    }
    return out.toString();
  }

  private void requireAnswered(Fields message) {
    if (!unanswered.isEmpty()) {
      throw message.invalid(
          "content",
          "`tool_use` ids were found without `tool_result` blocks immediately after: "
              + unanswered.stream().limit(5).map(Texts::shortened).toList());
    }
  }

  private void user(Fields message) {
    if (message.json().path("content").isTextual()) {
      requireAnswered(message);
      String text = message.requiredText("content", MAX_TEXT);
      messages.add(new Message.User(List.of(ContentBlock.text(text))));
      return;
    }
    ObjectNode said = Json.object();
    int others = 0;
    for (Fields block : message.objects("content", MAX_BLOCKS)) {
      if (block.json().path("type").asText().equals("tool_result")) {
        result(block);
      } else {
        said.withArray("content").add(plain(block.json()));
        others++;
      }
    }
    requireAnswered(message);
    if (others > 0) {
      messages.add(new Message.User(contents.result(Fields.of(said, message.path()))));
    }
  }

  /** A block without its marks. */
  private static ObjectNode plain(ObjectNode block) {
    ObjectNode out = block.deepCopy();
    out.remove(MARKS);
    if (block.path("type").asText().equals("document")) {
      out.remove("citations");
    }
    if (block.path("type").asText().equals("text")) {
      out.remove("citations");
    }
    out.path("content").forEach(MessageTurns::unmark);
    return out;
  }

  private static void unmark(JsonNode inner) {
    if (inner instanceof ObjectNode object) {
      object.remove(MARKS);
      object.remove("citations");
    }
  }

  private void result(Fields block) {
    block.only("type", "tool_use_id", "content", "is_error", "cache_control", "toolset_name");
    String id = block.requiredText("tool_use_id", MAX_ID);
    String tool = toolNames.get(id);
    if (tool == null || !unanswered.remove(id)) {
      throw block.invalid(
          "tool_use_id",
          "unexpected `tool_use_id` found in `tool_result` blocks: %s; each must have its `tool_use` block in the message before"
              .formatted(Texts.shortened(id)));
    }
    List<ContentBlock> content;
    if (block.json().path("content").isTextual()) {
      content = List.of(ContentBlock.text(block.text("content", MAX_TEXT).orElse("")));
    } else {
      ObjectNode holder = Json.object();
      block
          .objects("content", MAX_BLOCKS)
          .forEach(part -> holder.withArray("content").add(plain(part.json())));
      content = contents.result(Fields.of(holder, block.path()));
    }
    messages.add(new Message.ToolResult(id, tool, content, block.bool("is_error").orElse(false)));
  }

  private void assistant(Fields message) {
    if (message.json().path("content").isTextual()) {
      messages.add(Message.Assistant.of(message.text("content", MAX_TEXT).orElse("")));
      return;
    }
    StringBuilder text = new StringBuilder();
    StringBuilder thinking = new StringBuilder();
    List<Message.Call> calls = new ArrayList<>();
    MessageCarrier.Layout layout = new MessageCarrier.Layout();
    Optional<ProviderState> carried = Optional.empty();
    for (Fields block : message.objects("content", MAX_BLOCKS)) {
      String kind = block.requiredWord("type", "text", "tool_use", "thinking", "redacted_thinking");
      switch (kind) {
        case "text" -> {
          String more = block.text("text", MAX_TEXT).orElse("");
          layout.text(more.length());
          text.append(more);
        }
        case "tool_use" -> {
          Message.Call call = call(block);
          layout.call(calls.size());
          calls.add(call);
          toolNames.put(call.id(), call.name());
          unanswered.add(call.id());
        }
        case "thinking" -> {
          thinking.append(block.text("thinking", MAX_TEXT).orElse(""));
          if (!block.text("signature", MAX_TEXT).orElse("").isEmpty()) {
            layout.kept(plain(block.json()));
          }
        }
        default -> {
          Optional<ProviderState> state = MessageCarrier.read(block);
          if (state.isPresent()) {
            carried = state;
          } else {
            layout.kept(plain(block.json()));
          }
        }
      }
    }
    messages.add(
        new Message.Assistant(
            text.toString(),
            calls,
            thinking.isEmpty() ? Optional.empty() : Optional.of(thinking.toString()),
            carried.or(layout::state)));
  }

  private static Message.Call call(Fields block) {
    String id = block.requiredText("id", MAX_ID);
    if (!id.matches("[a-zA-Z0-9_-]+")) {
      throw block.invalid("id", "must be of a-z, A-Z, 0-9, _ and -");
    }
    return new Message.Call(
        id, block.requiredText("name", MAX_ID), block.requiredObject("input").json());
  }
}
