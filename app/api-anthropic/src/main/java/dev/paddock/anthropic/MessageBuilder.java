package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.server.spi.AnswerSize;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A message while it is made: takes what the model says, gives the stream's events. */
final class MessageBuilder {
  private final MessageRequest asked;
  private final Consumer<ObjectNode> out;
  private final ObjectNode message;
  private final ArrayNode content;
  private final Map<Integer, Call> calls = new TreeMap<>();
  private final AnswerSize size = new AnswerSize();
  private @Nullable Block open;
  private boolean ended;

  /** A content block that grows. Blocks never overlap. */
  private static final class Block {
    final ObjectNode json;
    final String kind;
    final int call;
    final StringBuilder text = new StringBuilder();

    Block(ObjectNode json, int call) {
      this.json = json;
      this.kind = json.path("type").asText();
      this.call = call;
    }
  }

  /** A call whose block is not closed yet. */
  private static final class Call {
    String name = "";
    final StringBuilder unsent = new StringBuilder();
    ModelEvent.@Nullable ToolCall whole;
  }

  MessageBuilder(MessageRequest asked, Consumer<ObjectNode> out) {
    this.asked = asked;
    this.out = out;
    message =
        Json.object()
            .put("id", Ids.next("msg"))
            .put("type", "message")
            .put("role", "assistant")
            .put("model", asked.name());
    content = message.putArray("content");
    message.putNull("container").putNull("diagnostics").putNull("stop_details");
    message.putNull("stop_reason").putNull("stop_sequence");
    message.set("usage", usage(Usage.NONE));
  }

  ObjectNode message() {
    return message;
  }

  boolean ended() {
    return ended;
  }

  void start() {
    ObjectNode event = Json.object().put("type", "message_start");
    event.set("message", message.deepCopy());
    out.accept(event);
    out.accept(Json.object().put("type", "ping"));
  }

  void accept(ModelEvent event) {
    switch (event) {
      case ModelEvent.TextDelta delta -> {
        if (!delta.text().isEmpty()) {
          text(delta.text());
        }
      }
      case ModelEvent.ThinkingDelta delta -> {
        if (asked.thinks()) {
          thinking(delta);
        }
      }
      case ModelEvent.ToolCallDelta(int index, String name, String more) -> {
        if (wanted(index)) {
          size.add(more);
          Call call = calls.computeIfAbsent(index, i -> new Call());
          call.name = name;
          call.unsent.append(more);
          proceed();
        }
      }
      case ModelEvent.ToolCall whole -> {
        if (wanted(whole.index())) {
          Call call = calls.computeIfAbsent(whole.index(), i -> new Call());
          call.name = whole.name();
          call.whole = whole;
          proceed();
        }
      }
      case ModelEvent.PromptProgress _ -> {
        // Not part of this interface.
      }
      case ModelEvent.End end -> end(end);
    }
  }

  private boolean wanted(int index) {
    return asked.parallel() || index == 0;
  }

  private void text(String more) {
    size.add(more);
    Block block =
        block("text", () -> Json.object().put("type", "text").put("text", "").putNull("citations"));
    block.text.append(more);
    delta(Json.object().put("type", "text_delta").put("text", more));
  }

  private void thinking(ModelEvent.ThinkingDelta said) {
    size.add(said.text());
    Block block =
        block(
            "thinking",
            () -> Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
    if (asked.showsThinking() && !said.text().isEmpty()) {
      block.text.append(said.text());
      delta(Json.object().put("type", "thinking_delta").put("thinking", said.text()));
    }
    said.signature()
        .ifPresent(
            signature -> {
              block.json.put("signature", signature);
              delta(Json.object().put("type", "signature_delta").put("signature", signature));
              close();
            });
  }

  private Block block(String kind, Supplier<ObjectNode> made) {
    Block block = open;
    if (block == null || !block.kind.equals(kind)) {
      block = open(made.get(), -1);
    }
    return block;
  }

  private Block open(ObjectNode json, int call) {
    close();
    Block block = new Block(json, call);
    open = block;
    ObjectNode event =
        Json.object().put("type", "content_block_start").put("index", content.size());
    event.set("content_block", json.deepCopy());
    out.accept(event);
    return block;
  }

  private void delta(ObjectNode delta) {
    ObjectNode event =
        Json.object().put("type", "content_block_delta").put("index", content.size());
    event.set("delta", delta);
    out.accept(event);
  }

  private void close() {
    Block block = open;
    open = null;
    if (block == null) {
      return;
    }
    out.accept(Json.object().put("type", "content_block_stop").put("index", content.size()));
    switch (block.kind) {
      case "text" -> block.json.put("text", block.text.toString());
      case "thinking" -> block.json.put("thinking", block.text.toString());
      default -> {
        // A call's input is set when it is whole.
      }
    }
    content.add(block.json);
  }

  /**
   * Sends what can be sent of the calls: one after the other, the first that is not closed as it
   * grows, those after it when their turn has come.
   */
  private void proceed() {
    while (!calls.isEmpty()) {
      Map.Entry<Integer, Call> first = calls.entrySet().iterator().next();
      int index = first.getKey();
      Call call = first.getValue();
      if (call.name.isEmpty()) {
        return;
      }
      Block block = open;
      if (block == null || block.call != index) {
        ObjectNode json =
            Json.object()
                .put("type", "tool_use")
                .put("id", Ids.next("toolu"))
                .put("name", call.name);
        json.putObject("input");
        json.putObject("caller").put("type", "direct");
        block = open(json, index);
      }
      if (!call.unsent.isEmpty()) {
        block.text.append(call.unsent);
        input(call.unsent.toString());
        call.unsent.setLength(0);
      }
      ModelEvent.ToolCall whole = call.whole;
      if (whole == null) {
        return;
      }
      if (block.text.isEmpty()) {
        input(Json.write(whole.input()));
      }
      block.json.set("input", whole.input());
      close();
      calls.remove(index);
    }
  }

  private void input(String json) {
    delta(Json.object().put("type", "input_json_delta").put("partial_json", json));
  }

  private void end(ModelEvent.End end) {
    close();
    end.state()
        .filter(state -> !MessageCarrier.isSigned(state) && (asked.thinks() || hasCalls()))
        .ifPresent(
            state -> {
              open(MessageCarrier.block(state), -1);
              close();
            });
    String reason =
        switch (end.reason()) {
          case END_TURN -> "end_turn";
          case TOOL_USE -> hasCalls() ? "tool_use" : "end_turn";
          case MAX_TOKENS -> "max_tokens";
          case STOP_SEQUENCE -> "stop_sequence";
          case REFUSAL -> "refusal";
        };
    message.put("stop_reason", reason);
    List<String> stops = asked.request().sampling().stop();
    if (reason.equals("stop_sequence") && stops.size() == 1) {
      message.put("stop_sequence", stops.getFirst());
    }
    message.set("usage", usage(end.usage()));
    ObjectNode event = Json.object().put("type", "message_delta");
    ObjectNode delta = event.putObject("delta");
    delta.putNull("container").putNull("stop_details");
    delta.set("stop_reason", message.get("stop_reason"));
    delta.set("stop_sequence", message.get("stop_sequence"));
    event.set("usage", usage(end.usage()));
    out.accept(event);
    out.accept(Json.object().put("type", "message_stop"));
    ended = true;
  }

  private boolean hasCalls() {
    for (var block : content) {
      if (block.path("type").asText().equals("tool_use")) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode usage(Usage usage) {
    ObjectNode out = Json.object();
    out.putNull("cache_creation");
    out.put("cache_creation_input_tokens", usage.cacheCreationTokens());
    out.put("cache_read_input_tokens", usage.cacheReadTokens());
    out.putNull("inference_geo");
    out.put("input_tokens", usage.inputTokens()).put("output_tokens", usage.outputTokens());
    return out.putNull("output_tokens_details")
        .putNull("server_tool_use")
        .put("service_tier", "standard")
        .put("speed", "standard");
  }
}
