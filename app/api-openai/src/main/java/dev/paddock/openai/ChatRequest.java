package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Request;
import java.util.List;
import java.util.Optional;

/**
 * A chat completion as it was asked for.
 *
 * @param name the model as the caller names it
 * @param choices how many answers, each a request of its own
 * @param parallel whether an answer may call several tools
 * @param messages as they were sent
 */
record ChatRequest(
    String name,
    Model model,
    ModelRequest request,
    int choices,
    boolean stream,
    boolean includeUsage,
    boolean logprobs,
    boolean parallel,
    boolean store,
    ObjectNode metadata,
    List<JsonNode> messages) {
  private static final int MAX_MESSAGES = 20_000;
  private static final int MAX_CHOICES = 8;
  private static final String NOT_TAKEN = "models here have no such setting";

  static ChatRequest read(Platform platform, Files files, Request http, ObjectNode json) {
    Fields body = new Fields(json, "");
    Optional<String> asked = body.text("model");
    body.accept(
        "prediction",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "user");
    body.choice("verbosity", "low", "medium", "high");
    body.refuse("frequency_penalty", NOT_TAKEN, "0", "0.0");
    body.refuse("presence_penalty", NOT_TAKEN, "0", "0.0");
    body.node("logit_bias")
        .filter(bias -> !bias.isEmpty())
        .ifPresent(
            bias -> {
              throw Refusal.unsupported("logit_bias", NOT_TAKEN);
            });
    body.refuse("audio", "answers are text");
    body.node("modalities")
        .filter(kinds -> !kinds.toString().equals("[\"text\"]"))
        .ifPresent(
            kinds -> {
              throw Refusal.unsupported("modalities", "answers are text");
            });
    body.refuse("functions", "use tools");
    body.refuse("function_call", "use tool_choice");
    body.refuse("web_search_options", "models here search nothing by themselves");
    body.refuse("moderation", "it is not offered");
    boolean stream = body.flag("stream");
    Optional<Fields> streamOptions = body.object("stream_options");
    if (streamOptions.isPresent() && !stream) {
      throw Refusal.of(
          "stream_options",
          "invalid_value",
          "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
    }
    boolean includeUsage = streamOptions.map(o -> o.flag("include_usage")).orElse(false);
    streamOptions.ifPresent(o -> o.accept("include_obfuscation").refuseRest());
    int choices = body.count("n", 1, MAX_CHOICES).orElse(1);
    boolean logprobs = body.flag("logprobs");
    Optional<Integer> rivals = body.count("top_logprobs", 0, Settings.MAX_RIVALS);
    if (rivals.isPresent() && !logprobs) {
      throw Refusal.of(
          "top_logprobs",
          "invalid_value",
          "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.");
    }
    Optional<Integer> old = body.count("max_tokens", 1, Settings.MAX_TOKENS);
    Optional<Integer> maxTokens =
        body.count("max_completion_tokens", 1, Settings.MAX_TOKENS).or(() -> old);
    boolean parallel = body.optionalFlag("parallel_tool_calls").orElse(true);
    boolean store = body.flag("store");
    ObjectNode metadata = Metadata.read(body);
    List<JsonNode> messages =
        body.array("messages", MAX_MESSAGES).orElseThrow(() -> Refusal.missing("messages"));
    Model model = ModelRoutes.open(platform, asked);
    if (logprobs) {
      Settings.requireLogprobs("logprobs", model.description());
    }
    Tools tools = Tools.read(body, model.description());
    Optional<ObjectNode> output =
        Settings.format(body.object("response_format"), model.description());
    ModelRequest request =
        new ChatMessages(new ContentReader(files, http.caller().workspace(), model.description()))
            .read(messages)
            .withTools(tools.offered(), tools.choice())
            .withSampling(Settings.sampling(body, maxTokens))
            .withEffort(Settings.effort(body, "reasoning_effort", model.description()));
    body.refuseRest();
    if (output.isPresent()) {
      request = request.withOutput(output.get());
    }
    if (logprobs) {
      request = request.withLogprobs(rivals.orElse(0));
    }
    return new ChatRequest(
        asked.or(platform::defaultModel).orElseThrow(),
        model,
        request,
        choices,
        stream,
        includeUsage,
        logprobs,
        parallel,
        store,
        metadata,
        messages);
  }

  /** One request for each choice, no two with the same seed. */
  List<ModelRequest> requests() {
    return java.util.stream.IntStream.range(0, choices)
        .mapToObj(
            i ->
                request
                    .sampling()
                    .seed()
                    .map(seed -> request.withSampling(request.sampling().withSeed(seed + i)))
                    .orElse(request))
        .toList();
  }
}
