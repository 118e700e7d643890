package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.util.List;
import java.util.regex.Pattern;

/** A Messages request, with cache breakpoints after the system prompt and the last message. */
final class AnthropicRequest {
  /** Models that take sampling settings; later ones refuse them. */
  private static final Pattern SAMPLED =
      Pattern.compile("claude-(3.*|(opus|sonnet|haiku)-4(-[0156])?(-\\d{8})?)");

  /** Models that think within a budget; later ones by themselves. */
  private static final Pattern BUDGETED =
      Pattern.compile("claude-(3-7.*|(opus|sonnet|haiku)-4(-[015])?(-\\d{8})?)");

  private final Endpoint endpoint;
  private final String model;
  private final int maxOutput;

  AnthropicRequest(Endpoint endpoint, String model, int maxOutput) {
    this.endpoint = endpoint;
    this.model = model;
    this.maxOutput = maxOutput;
  }

  ObjectNode body(ModelRequest request) {
    int maxTokens = request.sampling().maxTokens().orElse(maxOutput);
    ObjectNode body =
        Json.object().put("model", model).put("max_tokens", maxTokens).put("stream", true);
    request
        .system()
        .filter(text -> !text.isBlank())
        .ifPresent(text -> cached(text(body.putArray("system"), text)));
    ArrayNode messages = messages(request.messages());
    body.set("messages", messages);
    JsonNode last = messages.path(messages.size() - 1);
    if (last.path("role").asText().equals("user")) {
      JsonNode content = last.path("content");
      cached((ObjectNode) content.get(content.size() - 1));
    }
    tools(body, request);
    request
        .output()
        .ifPresent(
            schema ->
                body.putObject("output_config")
                    .putObject("format")
                    .put("type", "json_schema")
                    .set("schema", AnthropicSchema.of(Schemas.plain(schema))));
    boolean thinks =
        request
            .effort()
            .filter(effort -> !forcesTool(request.toolChoice()))
            .map(effort -> effort(body, effort, maxTokens))
            .orElse(false);
    if (!thinks && SAMPLED.matcher(model).matches()) {
      sampling(body, request.sampling());
    }
    if (!request.sampling().stop().isEmpty()) {
      ArrayNode stop = body.putArray("stop_sequences");
      request.sampling().stop().forEach(stop::add);
    }
    return body;
  }

  private static ObjectNode cached(ObjectNode block) {
    block.putObject("cache_control").put("type", "ephemeral");
    return block;
  }

  private static ObjectNode text(ArrayNode out, String text) {
    return out.addObject().put("type", "text").put("text", text);
  }

  private static void sampling(ObjectNode body, Sampling sampling) {
    sampling.temperature().ifPresent(value -> body.put("temperature", Math.min(1, value)));
    if (sampling.temperature().isEmpty()) {
      // Newer ones of these models refuse both at once.
      sampling.topP().ifPresent(value -> body.put("top_p", value));
    }
    sampling.topK().ifPresent(value -> body.put("top_k", value));
  }

  /** Whether the model is now told to think. */
  private boolean effort(ObjectNode body, Effort effort, int maxTokens) {
    if (BUDGETED.matcher(model).matches()) {
      int budget =
          switch (effort) {
            case NONE -> 0;
            case LOW -> 2_048;
            case MEDIUM -> 8_192;
            case HIGH -> 16_384;
            case MAX -> 31_000;
          };
      int affordable = Math.min(budget, maxTokens - 1_024);
      if (affordable < 1_024) {
        return false;
      }
      body.putObject("thinking").put("type", "enabled").put("budget_tokens", affordable);
      return true;
    }
    String word =
        switch (effort) {
          case NONE, LOW -> "low";
          case MEDIUM -> "medium";
          case HIGH -> "high";
          case MAX -> "max";
        };
    body.withObject("/output_config").put("effort", word);
    if (effort == Effort.NONE) {
      return false;
    }
    body.putObject("thinking").put("type", "adaptive").put("display", "summarized");
    return true;
  }

  private static boolean forcesTool(ToolChoice choice) {
    return switch (choice) {
      case ToolChoice.Required _, ToolChoice.Named _ -> true;
      case ToolChoice.Auto _, ToolChoice.None _ -> false;
    };
  }

  private static void tools(ObjectNode body, ModelRequest request) {
    if (request.tools().isEmpty()) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    for (ToolDefinition tool : request.tools()) {
      tools
          .addObject()
          .put("name", tool.name())
          .put("description", tool.description())
          .set("input_schema", Schemas.plain(tool.inputSchema()));
    }
    ObjectNode choice = body.putObject("tool_choice");
    switch (request.toolChoice()) {
      case ToolChoice.Auto() -> choice.put("type", "auto");
      case ToolChoice.Required() -> choice.put("type", "any");
      case ToolChoice.None() -> choice.put("type", "none");
      case ToolChoice.Named(String name) -> choice.put("type", "tool").put("name", name);
    }
  }

  /** Everything between two answers is one user message, results first. */
  private ArrayNode messages(List<Message> messages) {
    ArrayNode out = Json.mapper().createArrayNode();
    ArrayNode results = Json.mapper().createArrayNode();
    ArrayNode rest = Json.mapper().createArrayNode();
    for (Message message : messages) {
      switch (message) {
        case Message.User(List<ContentBlock> content) -> content.forEach(b -> block(rest, b));
        case Message.Instruction(String text) -> text(rest, text);
        case Message.ToolResult result -> result(results, result);
        case Message.Assistant said -> {
          flush(out, results, rest);
          ArrayNode content = assistant(said);
          if (!content.isEmpty()) {
            out.addObject().put("role", "assistant").set("content", content);
          }
        }
      }
    }
    flush(out, results, rest);
    return out;
  }

  private static void flush(ArrayNode out, ArrayNode results, ArrayNode rest) {
    if (!results.isEmpty() || !rest.isEmpty()) {
      out.addObject().put("role", "user").putArray("content").addAll(results).addAll(rest);
    }
    results.removeAll();
    rest.removeAll();
  }

  private ArrayNode assistant(Message.Assistant said) {
    ArrayNode out = Json.mapper().createArrayNode();
    for (Layout.Part part : Layout.of(endpoint.kept(said), said)) {
      switch (part) {
        case Layout.Kept(ObjectNode block) -> out.add(block);
        case Layout.Text(String text, _) -> text(out, text);
        case Layout.Call(Message.Call call, _) ->
            out.addObject()
                .put("type", "tool_use")
                .put("id", call.id())
                .put("name", call.name())
                .set("input", call.input());
      }
    }
    return out;
  }

  private void result(ArrayNode out, Message.ToolResult result) {
    ObjectNode block =
        out.addObject().put("type", "tool_result").put("tool_use_id", result.callId());
    ArrayNode content = block.putArray("content");
    result.content().forEach(b -> block(content, b));
    if (result.isError()) {
      block.put("is_error", true);
    }
  }

  private void block(ArrayNode out, ContentBlock block) {
    switch (block) {
      case ContentBlock.Text(String text) -> {
        if (!text.isBlank()) {
          text(out, text);
        }
      }
      case ContentBlock.Redacted() -> text(out, Blocks.redacted());
      case ContentBlock.Image(JsonNode source) -> {
        requireSent("image", source);
        out.add(Json.tree((Object) block));
      }
      case ContentBlock.Document document -> {
        requireSent("document", document.source());
        out.add(Json.tree((Object) block));
      }
      case ContentBlock.SearchResult _ -> out.add(Json.tree((Object) block));
    }
  }

  private void requireSent(String what, JsonNode source) {
    if (source.path("type").asText().equals("file")) {
      throw Blocks.unusable(endpoint, what, source);
    }
  }
}
