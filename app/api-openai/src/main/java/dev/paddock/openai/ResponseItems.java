package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the items of responses into a conversation. Items of one answer become one message. */
final class ResponseItems {
  private static final int MAX_ITEMS = 20_000;

  private final ContentReader contents;
  private final Conversation conversation;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private final List<Message.Call> calls = new ArrayList<>();
  private Optional<ProviderState> state = Optional.empty();
  private boolean answering;

  ResponseItems(ContentReader contents, Conversation conversation) {
    this.contents = contents;
    this.conversation = conversation;
  }

  /** The items of an input as they are kept: with ids, and a text as a message. */
  static ArrayNode normal(JsonNode input) {
    ArrayNode out = Json.mapper().createArrayNode();
    if (input.isTextual()) {
      ObjectNode message = Json.object().put("role", "user");
      message.set("content", input);
      out.add(normal(new Fields(message, "input")));
      return out;
    }
    if (!input.isArray()) {
      throw Refusal.type("input", "a string or an array of items", input);
    }
    if (input.size() > MAX_ITEMS) {
      throw Refusal.value("input", input.size() + " items", "at most " + MAX_ITEMS);
    }
    for (int i = 0; i < input.size(); i++) {
      out.add(normal(Fields.of(input.get(i), "input[%d]".formatted(i))));
    }
    return out;
  }

  private static ObjectNode normal(Fields item) {
    String kind = item.text("type").orElse("message");
    ObjectNode out = Json.object();
    String prefix =
        switch (kind) {
          case "message" -> "msg";
          case "function_call" -> "fc";
          case "function_call_output" -> "fco";
          case "reasoning" -> "rs";
          case "compaction" -> "cmp";
          case "item_reference" ->
              throw Refusal.of(
                  item.at("type"),
                  "unsupported_value",
                  "References to items are not offered; send the item, or previous_response_id.");
          default ->
              throw Refusal.of(
                  item.at("type"),
                  "unsupported_value",
                  "Items of type '%s' are not offered.".formatted(Refusal.shown(kind)));
        };
    out.put("id", item.text("id").orElseGet(() -> Ids.next(prefix))).put("type", kind);
    item.all()
        .properties()
        .forEach(
            field -> {
              if (!out.has(field.getKey())) {
                out.set(field.getKey(), field.getValue());
              }
            });
    if (kind.equals("message")) {
      boolean said = item.requiredText("role").equals("assistant");
      if (item.required("content").isTextual()) {
        ObjectNode part = Json.object().put("type", said ? "output_text" : "input_text");
        part.set("text", item.required("content"));
        if (said) {
          part.putArray("annotations");
        }
        out.putArray("content").add(part);
      }
    }
    if (!out.hasNonNull("status") && !kind.equals("compaction") && !kind.equals("reasoning")) {
      out.put("status", "completed");
    }
    return out;
  }

  /**
   * Adds items in their order.
   *
   * @param kept what the provider of these items wanted kept with them
   */
  void add(JsonNode items, String place, Optional<ProviderState> kept) {
    for (int i = 0; i < items.size(); i++) {
      item(Fields.of(items.get(i), "%s[%d]".formatted(place, i)));
    }
    if (answering && kept.isPresent()) {
      state = kept;
    }
  }

  void end(String place) {
    flush();
    conversation.requireAnswered(place);
  }

  private void item(Fields item) {
    switch (item.requiredText("type")) {
      case "message" -> message(item);
      case "function_call" -> {
        if (item.text("status").filter("incomplete"::equals).isPresent()) {
          return;
        }
        answering = true;
        calls.add(
            new Message.Call(
                item.requiredText("call_id"),
                item.requiredText("name"),
                ChatMessages.arguments(item.at("arguments"), item.requiredText("arguments"))));
      }
      case "function_call_output" -> {
        flush();
        conversation.result(
            item.at("call_id"),
            item.requiredText("call_id"),
            contents.blocks(item.required("output"), item.at("output")));
      }
      case "reasoning" -> {
        answering = true;
        item.text("encrypted_content")
            .ifPresent(
                opaque -> state = Optional.of(Opaque.state(item.at("encrypted_content"), opaque)));
        for (JsonNode part : item.array("summary", MAX_ITEMS).orElse(List.of())) {
          thinking.append(part.path("text").asText(""));
        }
      }
      case "compaction" -> {
        flush();
        String param = item.at("encrypted_content");
        String summary = Opaque.summary(param, item.requiredText("encrypted_content"));
        conversation.user(
            List.of(ContentBlock.text("What was said before, in short:\n\n" + summary)));
      }
      default -> throw new IllegalStateException("an item that was not checked");
    }
  }

  private void message(Fields item) {
    String role = item.requiredText("role");
    JsonNode content = item.required("content");
    String place = item.at("content");
    if (role.equals("assistant")) {
      answering = true;
      text.append(ContentReader.text(content, place));
      return;
    }
    flush();
    switch (role) {
      case "user" -> {
        conversation.requireAnswered(place);
        conversation.user(contents.blocks(content, place));
      }
      case "system", "developer" -> conversation.instruct(ContentReader.text(content, place));
      default ->
          throw Refusal.value(item.at("role"), role, "one of user, assistant, system, developer");
    }
  }

  private void flush() {
    if (answering && (!text.isEmpty() || !calls.isEmpty())) {
      conversation.assistant(
          new Message.Assistant(
              text.toString(),
              List.copyOf(calls),
              thinking.isEmpty() ? Optional.empty() : Optional.of(thinking.toString()),
              state));
    }
    text.setLength(0);
    thinking.setLength(0);
    calls.clear();
    state = Optional.empty();
    answering = false;
  }
}
