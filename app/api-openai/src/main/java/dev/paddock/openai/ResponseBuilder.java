package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A response while it is made: takes what the model says, gives the stream's events. */
final class ResponseBuilder {
  private static final int MAX_CHARS = 8 << 20;

  private final ObjectNode response;
  private final ArrayNode output;
  private final ResponseRequest asked;
  private final Clock clock;
  private final Consumer<ObjectNode> out;
  private final Map<Integer, CallItem> calls = new TreeMap<>();
  private @Nullable TextItem open;
  private Optional<ProviderState> state = Optional.empty();
  private int sequence;
  private long size;

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

    String id() {
      return json.path("id").asText();
    }
  }

  /** A call that grows; it has no item before its name is known. */
  private static final class CallItem {
    @Nullable ObjectNode json;
    int index;
    boolean whole;
    final StringBuilder arguments = new StringBuilder();
  }

  ResponseBuilder(
      String id, long createdAt, ResponseRequest asked, Clock clock, Consumer<ObjectNode> out) {
    this.asked = asked;
    this.clock = clock;
    this.out = out;
    response =
        Json.object()
            .put("id", id)
            .put("object", "response")
            .put("created_at", createdAt)
            .put("status", asked.background() ? "queued" : "in_progress");
    response.putNull("completed_at").putNull("error").putNull("incomplete_details");
    response.setAll(asked.echo());
    output = response.putArray("output");
    response.putNull("usage");
  }

  ObjectNode response() {
    return response;
  }

  Optional<ProviderState> state() {
    return state;
  }

  /** Told when the request is accepted, in the background before anything is asked. */
  void created() {
    snapshot("response.created");
    if (asked.background()) {
      snapshot("response.queued");
    }
  }

  void begin() {
    response.put("status", "in_progress");
    snapshot("response.in_progress");
  }

  void accept(ModelEvent event) {
    switch (event) {
      case ModelEvent.TextDelta(String more, List<ModelEvent.TokenLogprob> tokens) ->
          text(more, Logprobs.json(tokens));
      case ModelEvent.ThinkingDelta more -> thinking(more.text());
      case ModelEvent.ToolCallDelta(int index, String name, String more) -> {
        if (asked.parallel() || index == 0) {
          call(index, name, more);
        }
      }
      case ModelEvent.ToolCall call -> {
        if (asked.parallel() || call.index() == 0) {
          whole(call);
        }
      }
      case ModelEvent.PromptProgress _ -> {
        // Not part of this interface.
      }
      case ModelEvent.End end -> end(end);
    }
  }

  private void grow(String more) {
    size += more.length();
    if (size > MAX_CHARS) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the model's answer is larger than %,d characters".formatted(MAX_CHARS));
    }
  }

  private void text(String more, ArrayNode tokens) {
    grow(more);
    TextItem item = textItem(true);
    item.text.append(more);
    item.tokens.addAll(tokens);
    ObjectNode event = event("response.output_text.delta", item.id(), item.index);
    event.put("content_index", 0).put("delta", more).set("logprobs", tokens);
    out.accept(event);
  }

  private void thinking(String more) {
    grow(more);
    if (more.isEmpty()) {
      return;
    }
    TextItem item = textItem(false);
    item.text.append(more);
    if (asked.summary()) {
      out.accept(
          event("response.reasoning_summary_text.delta", item.id(), item.index)
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
    added(json, item.index);
    if (isMessage) {
      out.accept(
          part("response.content_part.added", item, "content_index", textPart("", List.of())));
    } else if (asked.summary()) {
      out.accept(
          part("response.reasoning_summary_part.added", item, "summary_index", summaryPart("")));
    }
    return item;
  }

  private void added(ObjectNode item, int index) {
    output.add(item);
    ObjectNode event = event("response.output_item.added").put("output_index", index);
    event.set("item", item.deepCopy());
    out.accept(event);
  }

  private ObjectNode part(String type, TextItem item, String counter, ObjectNode part) {
    ObjectNode event = event(type, item.id(), item.index).put(counter, 0);
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
      ObjectNode done = event("response.output_text.done", item.id(), item.index);
      done.put("content_index", 0).put("text", text).set("logprobs", item.tokens);
      out.accept(done);
      ObjectNode part = textPart(text, item.tokens);
      out.accept(part("response.content_part.done", item, "content_index", part.deepCopy()));
      item.json.withArray("content").add(part);
      item.json.put("status", status);
    } else if (asked.summary()) {
      out.accept(
          event("response.reasoning_summary_text.done", item.id(), item.index)
              .put("summary_index", 0)
              .put("text", text));
      ObjectNode part = summaryPart(text);
      out.accept(
          part("response.reasoning_summary_part.done", item, "summary_index", part.deepCopy()));
      item.json.withArray("summary").add(part);
    }
    done(item.json, item.index);
  }

  private void done(ObjectNode item, int index) {
    ObjectNode event = event("response.output_item.done").put("output_index", index);
    event.set("item", item.deepCopy());
    out.accept(event);
  }

  private void call(int index, String name, String more) {
    grow(more);
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
      out.accept(
          event("response.function_call_arguments.delta", json.path("id").asText(), call.index)
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
    added(json, call.index);
    return json;
  }

  private void whole(ModelEvent.ToolCall said) {
    CallItem call = calls.computeIfAbsent(said.index(), i -> new CallItem());
    if (call.arguments.isEmpty()) {
      call(said.index(), said.name(), Json.write(said.input()));
    }
    ObjectNode json = call.json == null ? openCall(call, said.name()) : call.json;
    call.whole = true;
    json.put("arguments", call.arguments.toString()).put("status", "completed");
    out.accept(
        event("response.function_call_arguments.done", json.path("id").asText(), call.index)
            .put("name", said.name())
            .put("arguments", call.arguments.toString()));
    done(json, call.index);
  }

  private void end(ModelEvent.End end) {
    String reason =
        switch (end.reason()) {
          case MAX_TOKENS -> "max_output_tokens";
          case REFUSAL -> "content_filter";
          case END_TURN, TOOL_USE, STOP_SEQUENCE -> "";
        };
    String status = reason.isEmpty() ? "completed" : "incomplete";
    close(status);
    for (CallItem call : calls.values()) {
      if (!call.whole && call.json != null) {
        call.json.put("arguments", call.arguments.toString()).put("status", "incomplete");
        done(call.json, call.index);
      }
    }
    state = end.state();
    if (asked.encrypted() && state.isPresent()) {
      ObjectNode carrier = Json.object().put("id", Ids.next("rs")).put("type", "reasoning");
      carrier.putArray("summary");
      carrier.put("encrypted_content", Opaque.state(state.get()));
      int index = output.size();
      added(carrier, index);
      done(carrier, index);
    }
    response.put("status", status);
    if (reason.isEmpty()) {
      response.put("completed_at", clock.instant().getEpochSecond());
    } else {
      response.putObject("incomplete_details").put("reason", reason);
    }
    response.set("usage", usage(end.usage()));
  }

  /** What tells how it ended; to be sent when that is stored. */
  ObjectNode last() {
    ObjectNode event = event("response." + response.path("status").asText());
    event.set("response", response.deepCopy());
    return event;
  }

  void fail(PaddockException cause) {
    close("incomplete");
    String code =
        switch (cause.code()) {
          case RATE_LIMITED -> "rate_limit_exceeded";
          case INVALID_REQUEST, LIMIT_EXCEEDED, CONTENT_REFUSED -> "invalid_prompt";
          default -> "server_error";
        };
    failed(response, code, cause.getMessage());
  }

  static void failed(ObjectNode response, String code, String message) {
    response.put("status", "failed");
    response.putObject("error").put("code", code).put("message", message);
  }

  static ObjectNode usage(Usage usage) {
    long read = usage.inputTokens() + usage.cacheReadTokens() + usage.cacheCreationTokens();
    ObjectNode out = Json.object().put("input_tokens", read);
    out.putObject("input_tokens_details")
        .put("cached_tokens", usage.cacheReadTokens())
        .put("cache_write_tokens", usage.cacheCreationTokens());
    out.put("output_tokens", usage.outputTokens());
    out.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return out.put("total_tokens", read + usage.outputTokens());
  }

  private ObjectNode event(String type) {
    return Json.object().put("type", type).put("sequence_number", sequence++);
  }

  private ObjectNode event(String type, String item, int index) {
    return event(type).put("item_id", item).put("output_index", index);
  }

  private void snapshot(String type) {
    ObjectNode event = event(type);
    event.set("response", response.deepCopy());
    out.accept(event);
  }
}
