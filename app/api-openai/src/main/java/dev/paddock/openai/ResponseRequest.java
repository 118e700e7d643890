package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.WorkspaceId;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.server.spi.Platform;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A response as it was asked for.
 *
 * @param body as it was sent, to be read again should its answer be cut off
 * @param input the items of this request alone
 * @param truncates whether the oldest turns may be left out of a request that is too long
 */
record ResponseRequest(
    ObjectNode body,
    String name,
    Model model,
    ModelRequest request,
    ArrayNode input,
    boolean background,
    boolean stream,
    boolean store,
    boolean parallel,
    boolean summary,
    boolean encrypted,
    boolean truncates,
    ObjectNode echo) {
  private static final int MAX_INCLUDES = 20;
  private static final Set<String> INCLUDES =
      Set.of(
          "file_search_call.results",
          "web_search_call.results",
          "web_search_call.action.sources",
          "message.input_image.image_url",
          "computer_call_output.output.image_url",
          "code_interpreter_call.outputs",
          "reasoning.encrypted_content",
          "message.output_text.logprobs");

  /** Reads a request to make a response. */
  static ResponseRequest read(
      Platform platform,
      Files files,
      StoredResponses stored,
      WorkspaceId workspace,
      ObjectNode json) {
    Fields body = new Fields(json, "");
    boolean store = body.optionalFlag("store").orElse(true);
    boolean background = body.flag("background");
    boolean stream = body.flag("stream");
    if (background && !store) {
      throw Refusal.of(
          "background", "invalid_value", "A response in the background must be stored.");
    }
    body.object("stream_options").ifPresent(o -> o.accept("include_obfuscation").refuseRest());
    body.accept("max_tool_calls");
    ResponseRequest read =
        read(platform, files, stored, workspace, body, background, stream, store);
    body.refuseRest();
    return read;
  }

  private static ResponseRequest read(
      Platform platform,
      Files files,
      StoredResponses stored,
      WorkspaceId workspace,
      Fields body,
      boolean background,
      boolean stream,
      boolean store) {
    Optional<String> asked = body.text("model");
    body.refuse("conversation", "conversations are not offered; send previous_response_id");
    body.refuse("prompt", "stored prompts are not offered; send instructions and input");
    body.refuse("moderation", "it is not offered");
    body.array("context_management", MAX_INCLUDES)
        .filter(list -> !list.isEmpty())
        .ifPresent(
            list -> {
              throw Refusal.unsupported("context_management", "call responses.compact instead");
            });
    body.accept("prompt_cache_options", "prompt_cache_retention", "service_tier", "personality");
    Set<String> include = includes(body);
    Optional<Integer> rivals = body.count("top_logprobs", 0, Settings.MAX_RIVALS);
    boolean logprobs =
        include.contains("message.output_text.logprobs") || rivals.filter(n -> n > 0).isPresent();
    Optional<Integer> maxTokens = body.count("max_output_tokens", 1, Settings.MAX_TOKENS);
    boolean parallel = body.optionalFlag("parallel_tool_calls").orElse(true);
    String truncation = body.choice("truncation", "auto", "disabled").orElse("disabled");
    ObjectNode metadata = Metadata.read(body);
    Optional<String> instructions = instructions(body);
    Optional<String> previous = body.text("previous_response_id");
    ArrayNode input = ResponseItems.normal(body.required("input"));
    Model model = ModelRoutes.open(platform, asked);
    if (logprobs) {
      Settings.requireLogprobs("include", model.description());
    }
    Optional<Fields> text = body.object("text");
    Optional<Fields> format = text.flatMap(t -> t.object("format"));
    text.ifPresent(
        t -> {
          t.choice("verbosity", "low", "medium", "high");
          t.refuseRest();
        });
    Optional<Fields> reasoning = body.object("reasoning");
    Optional<Effort> effort =
        reasoning.flatMap(r -> Settings.effort(r, "effort", model.description()));
    Optional<String> summary =
        reasoning.flatMap(
            r ->
                r.choice("summary", "auto", "concise", "detailed")
                    .or(() -> r.choice("generate_summary", "auto", "concise", "detailed")));
    reasoning.ifPresent(r -> r.accept("context", "mode").refuseRest());
    Tools tools = Tools.read(body, model.description());
    Conversation conversation = new Conversation();
    ResponseItems items =
        new ResponseItems(new ContentReader(files, workspace, model.description()), conversation);
    previous.ifPresent(id -> stored.replay(workspace, id, items));
    items.add(input, "input", Optional.empty());
    items.end("input");
    instructions.ifPresent(conversation::instructFirst);
    if (conversation.isEmpty()) {
      throw Refusal.missing("input");
    }
    ModelRequest request =
        conversation
            .request()
            .withTools(tools.offered(), tools.choice())
            .withSampling(Settings.sampling(body, maxTokens))
            .withEffort(effort);
    Optional<ObjectNode> output = Settings.format(format, model.description());
    if (output.isPresent()) {
      request = request.withOutput(output.get());
    }
    if (logprobs) {
      request = request.withLogprobs(rivals.orElse(0));
    }
    String name = asked.or(platform::defaultModel).orElseThrow();
    ObjectNode echo = echo(body, name, metadata, truncation, parallel, background, store);
    return new ResponseRequest(
        body.all(),
        name,
        model,
        request,
        input,
        background,
        stream,
        store,
        parallel,
        summary.isPresent(),
        include.contains("reasoning.encrypted_content"),
        truncation.equals("auto"),
        echo);
  }

  /** Instructions are a text; where they are a list of messages, their texts count. */
  private static Optional<String> instructions(Fields body) {
    Optional<JsonNode> sent = body.node("instructions");
    if (sent.isEmpty() || sent.get().isTextual()) {
      return sent.map(JsonNode::textValue);
    }
    throw Refusal.type("instructions", "a string", sent.get());
  }

  private static Set<String> includes(Fields body) {
    Set<String> out = new HashSet<>();
    for (JsonNode name : body.array("include", MAX_INCLUDES).orElse(List.of())) {
      if (!INCLUDES.contains(name.asText())) {
        throw Refusal.value("include", name.asText(), "one of " + String.join(", ", INCLUDES));
      }
      out.add(name.asText());
    }
    return out;
  }

  /** What an answer repeats of its request. */
  private static ObjectNode echo(
      Fields body,
      String name,
      ObjectNode metadata,
      String truncation,
      boolean parallel,
      boolean background,
      boolean store) {
    ObjectNode sent = body.all();
    ObjectNode out = Json.object().put("background", background);
    copy(sent, out, "instructions", Json.mapper().nullNode());
    copy(sent, out, "max_output_tokens", Json.mapper().nullNode());
    copy(sent, out, "max_tool_calls", Json.mapper().nullNode());
    out.put("model", name).put("parallel_tool_calls", parallel);
    copy(sent, out, "previous_response_id", Json.mapper().nullNode());
    copy(sent, out, "prompt_cache_key", Json.mapper().nullNode());
    body.text("prompt_cache_key");
    body.text("safety_identifier");
    body.text("user");
    ObjectNode reasoning = out.putObject("reasoning");
    copy(sent.path("reasoning"), reasoning, "effort", Json.mapper().nullNode());
    copy(sent.path("reasoning"), reasoning, "summary", Json.mapper().nullNode());
    copy(sent, out, "safety_identifier", Json.mapper().nullNode());
    out.put("service_tier", "default").put("store", store);
    copy(sent, out, "temperature", Json.mapper().getNodeFactory().numberNode(1.0));
    ObjectNode text = out.putObject("text");
    copy(sent.path("text"), text, "format", Json.object().put("type", "text"));
    copy(sent.path("text"), text, "verbosity", Json.tree((Object) "medium"));
    copy(sent, out, "tool_choice", Json.tree((Object) "auto"));
    copy(sent, out, "tools", Json.mapper().createArrayNode());
    copy(sent, out, "top_logprobs", Json.mapper().getNodeFactory().numberNode(0));
    copy(sent, out, "top_p", Json.mapper().getNodeFactory().numberNode(1.0));
    out.put("truncation", truncation);
    copy(sent, out, "user", Json.mapper().nullNode());
    out.set("metadata", metadata);
    return out;
  }

  private static void copy(JsonNode from, ObjectNode to, String name, JsonNode otherwise) {
    to.set(name, from.hasNonNull(name) ? from.get(name) : otherwise);
  }
}
