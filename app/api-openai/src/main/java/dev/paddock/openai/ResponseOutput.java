package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.server.spi.AnswerSize;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The items of a response's output while they grow: messages, reasoning and calls. */
final class ResponseOutput {
  private final ArrayNode output;
  private final ResponseRequest asked;
  private final ResponseEvents events;
  private final AnswerSize size = new AnswerSize();
  private final Map<Integer, CallItem> calls = new TreeMap<>();
  private @Nullable TextItem open;

  /**
   * @param output where the items stand in the response
   */
  ResponseOutput(ArrayNode output, ResponseRequest asked, ResponseEvents events) {
    this.output = output;
    this.asked = asked;
    this.events = events;
  }

  /** A message or the summary of reasoning that grows. */
  private static final class TextItem {
    final ObjectNode json;
    final int index;
    final boolean isMessage;
    final StringBuilder text = new StringBuilder();
    final ArrayNode tokens = Json.mapper().createArrayNode();

    TextItem(ObjectNode json, int index, boolean isMessage) {
      this.json = json;
      this.index = index;
      this.isMessage = isMessage;
    }
  }

  /** A call that grows; it has no item before its name is known. */
  private static final class CallItem {
    @Nullable ObjectNode json;
    int index;
    boolean whole;
    final StringBuilder arguments = new StringBuilder();
  }

  void text(String more, ArrayNode tokens) {
    size.add(more);
    TextItem item = textItem(true);
    item.text.append(more);
    item.tokens.addAll(tokens);
    ObjectNode event = events.next("response.output_text.delta", item.json, item.index);
    event.put("content_index", 0).put("delta", more).set("logprobs", tokens);
    events.tell(event);
  }

  void thinking(String more) {
    size.add(more);
    if (more.isEmpty()) {
      return;
    }
    TextItem item = textItem(false);
    item.text.append(more);
    if (asked.summary()) {
      events.tell(
          events
              .next("response.reasoning_summary_text.delta", item.json, item.index)
              .put("summary_index", 0)
              .put("delta", more));
    }
  }

  private TextItem textItem(boolean isMessage) {
    TextItem item = open;
    if (item != null && item.isMessage == isMessage) {
      return item;
    }
    close("completed");
    ObjectNode json = Json.object();
    if (isMessage) {
      json.put("id", Ids.next("msg")).put("type", "message").put("status", "in_progress");
      json.put("role", "assistant").putArray("content");
    } else {
      json.put("id", Ids.next("rs")).put("type", "reasoning").putArray("summary");
    }
    item = new TextItem(json, output.size(), isMessage);
    open = item;
    add(json, item.index);
    if (isMessage) {
      events.tell(
          part("response.content_part.added", item, "content_index", textPart("", List.of())));
    } else if (asked.summary()) {
      events.tell(
          part("response.reasoning_summary_part.added", item, "summary_index", summaryPart("")));
    }
    return item;
  }

  private ObjectNode part(String type, TextItem item, String counter, ObjectNode part) {
    ObjectNode event = events.next(type, item.json, item.index).put(counter, 0);
    event.set("part", part);
    return event;
  }

  private static ObjectNode textPart(String text, Iterable<JsonNode> tokens) {
    ObjectNode part = Json.object().put("type", "output_text").put("text", text);
    part.putArray("annotations");
    ArrayNode list = part.putArray("logprobs");
    tokens.forEach(list::add);
    return part;
  }

  private static ObjectNode summaryPart(String text) {
    return Json.object().put("type", "summary_text").put("text", text);
  }

  /** Ends the text that grows, if one does. */
  private void close(String status) {
    TextItem item = open;
    open = null;
    if (item == null) {
      return;
    }
    String text = item.text.toString();
    if (item.isMessage) {
      ObjectNode done = events.next("response.output_text.done", item.json, item.index);
      done.put("content_index", 0).put("text", text).set("logprobs", item.tokens);
      events.tell(done);
      ObjectNode part = textPart(text, item.tokens);
      events.tell(part("response.content_part.done", item, "content_index", part.deepCopy()));
      item.json.withArray("content").add(part);
      item.json.put("status", status);
    } else if (asked.summary()) {
      events.tell(
          events
              .next("response.reasoning_summary_text.done", item.json, item.index)
              .put("summary_index", 0)
              .put("text", text));
      ObjectNode part = summaryPart(text);
      events.tell(
          part("response.reasoning_summary_part.done", item, "summary_index", part.deepCopy()));
      item.json.withArray("summary").add(part);
    }
    events.done(item.json, item.index);
  }

  void call(int index, String name, String more) {
    size.add(more);
    CallItem call = calls.computeIfAbsent(index, i -> new CallItem());
    call.arguments.append(more);
    String said = more;
    ObjectNode json = call.json;
    if (json == null) {
      if (name.isEmpty()) {
        return;
      }
      json = openCall(call, name);
      said = call.arguments.toString();
    }
    if (!said.isEmpty()) {
      events.tell(
          events
              .next("response.function_call_arguments.delta", json, call.index)
              .put("delta", said));
    }
  }

  private ObjectNode openCall(CallItem call, String name) {
    close("completed");
    ObjectNode json =
        Json.object()
            .put("id", Ids.next("fc"))
            .put("type", "function_call")
            .put("status", "in_progress")
            .put("call_id", Ids.next("call"))
            .put("name", name)
            .put("arguments", "");
    call.json = json;
    call.index = output.size();
    add(json, call.index);
    return json;
  }

  void whole(ModelEvent.ToolCall said) {
    CallItem call = calls.computeIfAbsent(said.index(), i -> new CallItem());
    if (call.arguments.isEmpty()) {
      call(said.index(), said.name(), Json.write(said.input()));
    }
    ObjectNode json = call.json == null ? openCall(call, said.name()) : call.json;
    call.whole = true;
    json.put("arguments", call.arguments.toString()).put("status", "completed");
    events.tell(
        events
            .next("response.function_call_arguments.done", json, call.index)
            .put("name", said.name())
            .put("arguments", call.arguments.toString()));
    events.done(json, call.index);
  }

  /** Ends what still grows. */
  void end(String status) {
    close(status);
    for (CallItem call : calls.values()) {
      if (!call.whole && call.json != null) {
        call.json.put("arguments", call.arguments.toString()).put("status", "incomplete");
        events.done(call.json, call.index);
      }
    }
  }

  /** An item that carries what the provider wants back. */
  void carry(ProviderState state) {
    ObjectNode carrier = Json.object().put("id", Ids.next("rs")).put("type", "reasoning");
    carrier.putArray("summary");
    carrier.put("encrypted_content", Opaque.state(state));
    int index = output.size();
    add(carrier, index);
    events.done(carrier, index);
  }

  private void add(ObjectNode item, int index) {
    output.add(item);
    events.added(item, index);
  }
}
