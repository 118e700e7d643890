package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A response while it is made: takes what the model says, gives the stream's events. */
final class ResponseBuilder {
  private final ObjectNode response;
  private final ResponseOutput output;
  private final ResponseRequest asked;
  private final Clock clock;
  private final ResponseEvents events;
  private Optional<ProviderState> state = Optional.empty();

  ResponseBuilder(
      String id, long createdAt, ResponseRequest asked, Clock clock, Consumer<ObjectNode> out) {
    this.asked = asked;
    this.clock = clock;
    this.events = new ResponseEvents(out);
    response =
        Json.object()
            .put("id", id)
            .put("object", "response")
            .put("created_at", createdAt)
            .put("status", asked.background() ? "queued" : "in_progress");
    response.putNull("completed_at").putNull("error").putNull("incomplete_details");
    response.setAll(asked.echo());
    output = new ResponseOutput(response.putArray("output"), asked, events);
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
          output.text(more, Logprobs.json(tokens));
      case ModelEvent.ThinkingDelta more -> output.thinking(more.text());
      case ModelEvent.ToolCallDelta(int index, String name, String more) -> {
        if (asked.parallel() || index == 0) {
          output.call(index, name, more);
        }
      }
      case ModelEvent.ToolCall call -> {
        if (asked.parallel() || call.index() == 0) {
          output.whole(call);
        }
      }
      case ModelEvent.PromptProgress _ -> {
        // Not part of this interface.
      }
      case ModelEvent.End end -> end(end);
    }
  }

  private void end(ModelEvent.End end) {
    String reason =
        switch (end.reason()) {
          case MAX_TOKENS -> "max_output_tokens";
          case REFUSAL -> "content_filter";
          case END_TURN, TOOL_USE, STOP_SEQUENCE -> "";
        };
    String status = reason.isEmpty() ? "completed" : "incomplete";
    output.end(status);
    state = end.state();
    if (asked.encrypted()) {
      state.ifPresent(output::carry);
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
    return events.snapshot("response." + response.path("status").asText(), response);
  }

  void fail(PaddockException cause) {
    output.end("incomplete");
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

  private void snapshot(String type) {
    events.tell(events.snapshot(type, response));
  }
}
