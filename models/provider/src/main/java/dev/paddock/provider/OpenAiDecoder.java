package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Chat Completions chunks, of OpenAI and of those who speak like it. */
final class OpenAiDecoder implements Dialect.Decoder {
  private final Endpoint endpoint;
  private final ToolCalls calls;
  private final OpenAiState state = new OpenAiState();
  private final Map<Integer, ToolCalls.Call> byIndex = new HashMap<>();
  private Usage usage = Usage.NONE;
  private @Nullable EndReason reason;
  private boolean refused;
  private boolean ended;

  OpenAiDecoder(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.calls = new ToolCalls(endpoint);
  }

  @Override
  public void accept(SseEvent event, Consumer<ModelEvent> out) {
    if (event.data().equals("[DONE]")) {
      end(out);
      return;
    }
    JsonNode chunk = Wire.object(endpoint, event.data());
    if (chunk.hasNonNull("error") || event.type().equals("error")) {
      throw UpstreamErrors.inStream(
          endpoint, chunk.hasNonNull("error") ? chunk.get("error") : chunk);
    }
    if (chunk.path("usage").isObject()) {
      usage = usage(chunk.get("usage"));
    }
    for (JsonNode choice : chunk.path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        choice(choice, out);
      }
    }
  }

  private void choice(JsonNode choice, Consumer<ModelEvent> out) {
    JsonNode delta = choice.path("delta");
    String thinking = state.keep(delta);
    if (!thinking.isEmpty()) {
      out.accept(new ModelEvent.ThinkingDelta(thinking));
    }
    String text = delta.path("content").asText("");
    List<ModelEvent.TokenLogprob> tokens = logprobs(choice.path("logprobs").path("content"));
    if (!text.isEmpty() || !tokens.isEmpty()) {
      out.accept(new ModelEvent.TextDelta(text, tokens));
    }
    String refusal = delta.path("refusal").asText("");
    if (!refusal.isEmpty()) {
      refused = true;
      out.accept(new ModelEvent.TextDelta(refusal));
    }
    delta.path("tool_calls").forEach(fragment -> toolCall(fragment, out));
    if (choice.path("finish_reason").isTextual()) {
      reason = reason(choice);
    }
  }

  private void toolCall(JsonNode fragment, Consumer<ModelEvent> out) {
    JsonNode function = fragment.path("function");
    String id = fragment.path("id").asText("");
    String name = function.path("name").asText("");
    ToolCalls.Call call = slot(fragment.path("index"), id, name);
    if (!id.isEmpty()) {
      call.id = id;
    }
    if (!name.isEmpty()) {
      call.name = name;
    }
    state.keepCall(call.index, fragment);
    JsonNode arguments = function.path("arguments");
    // Some servers send the object itself where its text belongs.
    String text = arguments.isObject() ? arguments.toString() : arguments.asText("");
    if (!text.isEmpty() || !name.isEmpty()) {
      out.accept(call.append(text));
    }
  }

  /** Some servers give every call index 0, or none; a new id with a name then starts a call. */
  private ToolCalls.Call slot(JsonNode index, String id, String name) {
    int key = index.isInt() ? index.intValue() : Math.max(0, calls.all().size() - 1);
    ToolCalls.Call known = byIndex.get(key);
    boolean another =
        known != null
            && !id.isEmpty()
            && !name.isEmpty()
            && !known.id.isEmpty()
            && !known.id.equals(id);
    if (known != null && !another) {
      return known;
    }
    ToolCalls.Call call = calls.add();
    byIndex.put(index.isInt() ? key : call.index, call);
    return call;
  }

  private EndReason reason(JsonNode choice) {
    return switch (choice.path("finish_reason").asText()) {
      case "length" -> EndReason.MAX_TOKENS;
      case "tool_calls", "function_call" -> EndReason.TOOL_USE;
      case "content_filter" -> EndReason.REFUSAL;
      default ->
          choice.path("stop_reason").isTextual() ? EndReason.STOP_SEQUENCE : EndReason.END_TURN;
    };
  }

  @Override
  public void end(Consumer<ModelEvent> out) {
    if (ended) {
      return;
    }
    EndReason why = reason;
    if (why == null) {
      throw UpstreamErrors.cut(endpoint);
    }
    ended = true;
    if (why != EndReason.MAX_TOKENS) {
      calls.all().forEach(call -> out.accept(calls.complete(call)));
      if (!calls.isEmpty()) {
        why = EndReason.TOOL_USE;
      }
    }
    out.accept(
        new ModelEvent.End(
            refused ? EndReason.REFUSAL : why,
            usage,
            state.state(endpoint.provider()),
            Optional.empty()));
  }

  /** OpenAI counts cached tokens among the prompt's; ours are apart. */
  private static Usage usage(JsonNode usage) {
    JsonNode details = usage.path("prompt_tokens_details");
    long read = details.path("cached_tokens").asLong();
    long written = details.path("cache_write_tokens").asLong();
    return new Usage(
        Math.max(0, usage.path("prompt_tokens").asLong() - read - written),
        usage.path("completion_tokens").asLong(),
        read,
        written);
  }

  private static List<ModelEvent.TokenLogprob> logprobs(JsonNode content) {
    List<ModelEvent.TokenLogprob> out = new ArrayList<>();
    for (JsonNode token : content) {
      out.add(Wire.logprob(token, token.path("top_logprobs"), "logprob"));
    }
    return out;
  }
}
