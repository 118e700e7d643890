package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Events of Messages. */
final class AnthropicDecoder implements Dialect.Decoder {
  /** A content block that is not finished. */
  private sealed interface Block {
    record Text() implements Block {}

    record Thinking(StringBuilder thinking, StringBuilder signature) implements Block {}

    record ToolUse(ToolCalls.Call call, JsonNode whole) implements Block {}

    record Other() implements Block {}
  }

  private final Endpoint endpoint;
  private final ToolCalls calls;
  private final Layout layout = new Layout();
  private final Map<Integer, Block> open = new HashMap<>();
  private Usage usage = Usage.NONE;
  private @Nullable EndReason reason;
  private ToolCalls.@Nullable Call unsent;
  private boolean ended;

  AnthropicDecoder(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.calls = new ToolCalls(endpoint);
  }

  @Override
  public void accept(SseEvent event, Consumer<ModelEvent> out) {
    ObjectNode data = Wire.object(endpoint, event.data());
    int index = data.path("index").asInt();
    switch (data.path("type").asText()) {
      case "message_start" -> count(data.path("message").path("usage"));
      case "content_block_start" -> start(index, data.path("content_block"), out);
      case "content_block_delta" -> delta(index, data.path("delta"), out);
      case "content_block_stop" -> stop(index, out);
      case "message_delta" -> {
        count(data.path("usage"));
        reason(data.path("delta").path("stop_reason"));
      }
      case "message_stop" -> finish(out);
      case "error" -> throw UpstreamErrors.inStream(endpoint, data.path("error"));
      default -> {
        // Pings, and events yet to be invented, which the interface says to ignore.
      }
    }
  }

  private void start(int index, JsonNode block, Consumer<ModelEvent> out) {
    sendCall(out);
    open.put(
        index,
        switch (block.path("type").asText()) {
          case "text" -> {
            text(block.path("text").asText(""), out);
            yield new Block.Text();
          }
          case "thinking" ->
              new Block.Thinking(
                  new StringBuilder(block.path("thinking").asText("")),
                  new StringBuilder(block.path("signature").asText("")));
          case "redacted_thinking" -> {
            layout.kept((ObjectNode) block);
            yield new Block.Other();
          }
          case "tool_use" -> {
            ToolCalls.Call call = calls.add();
            call.id = block.path("id").asText();
            call.name = block.path("name").asText();
            layout.call(call.index, Optional.empty());
            out.accept(call.append(""));
            yield new Block.ToolUse(call, block.path("input"));
          }
          default -> new Block.Other();
        });
  }

  private void text(String text, Consumer<ModelEvent> out) {
    if (!text.isEmpty()) {
      layout.text(text.length(), Optional.empty());
      out.accept(new ModelEvent.TextDelta(text));
    }
  }

  private void delta(int index, JsonNode delta, Consumer<ModelEvent> out) {
    switch (open.getOrDefault(index, new Block.Other())) {
      case Block.Text() -> text(delta.path("text").asText(""), out);
      case Block.Thinking(StringBuilder thinking, StringBuilder signature) -> {
        signature.append(delta.path("signature").asText(""));
        String more = delta.path("thinking").asText("");
        if (!more.isEmpty()) {
          thinking.append(more);
          out.accept(new ModelEvent.ThinkingDelta(more));
        }
      }
      case Block.ToolUse(ToolCalls.Call call, _) -> {
        String more = delta.path("partial_json").asText("");
        if (!more.isEmpty()) {
          out.accept(call.append(more));
        }
      }
      case Block.Other() -> {
        // A block of a kind that was not asked for.
      }
    }
  }

  private void stop(int index, Consumer<ModelEvent> out) {
    Block block = open.remove(index);
    if (block instanceof Block.Thinking(StringBuilder thinking, StringBuilder signature)
        && !signature.isEmpty()) {
      layout.kept(
          Json.object()
              .put("type", "thinking")
              .put("thinking", thinking.toString())
              .put("signature", signature.toString()));
      out.accept(new ModelEvent.ThinkingDelta("", Optional.of(signature.toString())));
    } else if (block instanceof Block.ToolUse(ToolCalls.Call call, JsonNode whole)) {
      if (call.isEmpty() && whole.isObject() && !whole.isEmpty()) {
        out.accept(call.append(whole.toString()));
      }
      unsent = call;
    }
  }

  /** Held back until more comes: the token limit may have cut the last call. */
  private void sendCall(Consumer<ModelEvent> out) {
    ToolCalls.Call call = unsent;
    unsent = null;
    if (call != null) {
      out.accept(calls.complete(call));
    }
  }

  private void count(JsonNode told) {
    usage =
        new Usage(
            told.path("input_tokens").asLong(usage.inputTokens()),
            told.path("output_tokens").asLong(usage.outputTokens()),
            told.path("cache_read_input_tokens").asLong(usage.cacheReadTokens()),
            told.path("cache_creation_input_tokens").asLong(usage.cacheCreationTokens()));
  }

  private void reason(JsonNode told) {
    if (told.isTextual()) {
      reason =
          switch (told.textValue()) {
            case "max_tokens", "model_context_window_exceeded" -> EndReason.MAX_TOKENS;
            case "stop_sequence" -> EndReason.STOP_SEQUENCE;
            case "tool_use" -> EndReason.TOOL_USE;
            case "refusal" -> EndReason.REFUSAL;
            default -> EndReason.END_TURN;
          };
    }
  }

  private void finish(Consumer<ModelEvent> out) {
    EndReason why = reason;
    if (why == null) {
      throw UpstreamErrors.cut(endpoint);
    }
    ended = true;
    if (why != EndReason.MAX_TOKENS) {
      sendCall(out);
    }
    out.accept(new ModelEvent.End(why, usage, layout.state(endpoint.provider()), Optional.empty()));
  }

  @Override
  public void end(Consumer<ModelEvent> out) {
    if (!ended) {
      throw UpstreamErrors.cut(endpoint);
    }
  }
}
