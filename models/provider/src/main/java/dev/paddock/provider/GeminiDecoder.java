package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Chunks of generateContent; a chunk's calls are always whole. */
final class GeminiDecoder implements Dialect.Decoder {
  private final Endpoint endpoint;
  private final ToolCalls calls;
  private final Layout layout = new Layout();
  private Usage usage = Usage.NONE;
  private @Nullable EndReason reason;

  GeminiDecoder(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.calls = new ToolCalls(endpoint);
  }

  @Override
  public void accept(SseEvent event, Consumer<ModelEvent> out) {
    ObjectNode chunk = Wire.object(endpoint, event.data());
    if (chunk.hasNonNull("error")) {
      throw UpstreamErrors.inStream(endpoint, chunk.get("error"));
    }
    if (chunk.path("usageMetadata").isObject()) {
      usage = usage(chunk.get("usageMetadata"));
    }
    if (chunk.path("promptFeedback").hasNonNull("blockReason")) {
      reason = EndReason.REFUSAL;
    }
    JsonNode candidate = chunk.path("candidates").path(0);
    List<ModelEvent.TokenLogprob> tokens = logprobs(candidate.path("logprobsResult"));
    for (JsonNode part : candidate.path("content").path("parts")) {
      if (part(part, tokens, out)) {
        tokens = List.of();
      }
    }
    if (candidate.path("finishReason").isTextual()) {
      reason = reason(candidate);
    }
  }

  /** Whether the part took the log-probabilities. */
  private boolean part(
      JsonNode part, List<ModelEvent.TokenLogprob> tokens, Consumer<ModelEvent> out) {
    Optional<String> signature = Optional.ofNullable(part.path("thoughtSignature").textValue());
    String text = part.path("text").asText("");
    if (part.path("functionCall") instanceof ObjectNode function) {
      call(function, signature, out);
      return false;
    }
    if (part.path("thought").asBoolean()) {
      if (signature.isPresent()) {
        layout.kept(((ObjectNode) part).deepCopy());
      }
      if (!text.isEmpty()) {
        out.accept(new ModelEvent.ThinkingDelta(text));
      }
      return false;
    }
    if (!part.has("text") || (text.isEmpty() && signature.isEmpty())) {
      return false;
    }
    layout.text(text.length(), signature);
    if (text.isEmpty()) {
      return false;
    }
    out.accept(new ModelEvent.TextDelta(text, tokens));
    return true;
  }

  private void call(ObjectNode function, Optional<String> signature, Consumer<ModelEvent> out) {
    ToolCalls.Call call = calls.add();
    call.id = function.path("id").asText("");
    call.name = function.path("name").asText("");
    layout.call(call.index, signature);
    JsonNode arguments = function.path("args");
    out.accept(call.append(arguments.isMissingNode() ? "{}" : arguments.toString()));
    out.accept(calls.complete(call));
  }

  private EndReason reason(JsonNode candidate) {
    String told = candidate.path("finishReason").textValue();
    return switch (told) {
      case "STOP" -> EndReason.END_TURN;
      case "MAX_TOKENS" -> EndReason.MAX_TOKENS;
      case "MALFORMED_FUNCTION_CALL",
          "MALFORMED_RESPONSE",
          "UNEXPECTED_TOOL_CALL",
          "TOO_MANY_TOOL_CALLS",
          "OTHER" ->
          throw UpstreamErrors.garbled(
              endpoint,
              "an answer that it could not finish (%s): %s"
                  .formatted(told, endpoint.quote(candidate.path("finishMessage").asText(""))),
              null);
      case "MISSING_THOUGHT_SIGNATURE" ->
          throw new ModelException(
              ErrorCode.INVALID_REQUEST,
              endpoint.provider() + " misses the thought signature of an earlier answer");
      default -> EndReason.REFUSAL;
    };
  }

  @Override
  public void end(Consumer<ModelEvent> out) {
    EndReason why = reason;
    if (why == null) {
      throw UpstreamErrors.cut(endpoint);
    }
    if (why == EndReason.END_TURN && !calls.isEmpty()) {
      why = EndReason.TOOL_USE;
    }
    out.accept(new ModelEvent.End(why, usage, layout.state(endpoint.provider()), Optional.empty()));
  }

  /** Gemini counts cached tokens among the prompt's, and thoughts apart from the answer's. */
  private static Usage usage(JsonNode told) {
    long cached = told.path("cachedContentTokenCount").asLong();
    long prompt =
        told.path("promptTokenCount").asLong() + told.path("toolUsePromptTokenCount").asLong();
    return new Usage(
        Math.max(0, prompt - cached),
        told.path("candidatesTokenCount").asLong() + told.path("thoughtsTokenCount").asLong(),
        cached,
        0);
  }

  private static List<ModelEvent.TokenLogprob> logprobs(JsonNode result) {
    List<ModelEvent.TokenLogprob> out = new ArrayList<>();
    JsonNode chosen = result.path("chosenCandidates");
    for (int i = 0; i < chosen.size(); i++) {
      JsonNode rivals = result.path("topCandidates").path(i).path("candidates");
      out.add(Wire.logprob(chosen.get(i), rivals, "logProbability"));
    }
    return out;
  }
}
