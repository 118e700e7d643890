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
import java.util.Optional;

/** A generateContent request. Parts go back as they came: a signature belongs to its part. */
final class GeminiRequest {
  private final Endpoint endpoint;
  private final String model;

  GeminiRequest(Endpoint endpoint, String model) {
    this.endpoint = endpoint;
    this.model = model;
  }

  ObjectNode body(ModelRequest request) {
    ObjectNode body = Json.object();
    request
        .system()
        .filter(text -> !text.isBlank())
        .ifPresent(
            text ->
                body.putObject("systemInstruction")
                    .putArray("parts")
                    .addObject()
                    .put("text", text));
    body.set("contents", contents(request.messages()));
    tools(body, request);
    ObjectNode config = Json.object();
    sampling(config, request.sampling());
    request
        .output()
        .ifPresent(
            schema ->
                config
                    .put("responseMimeType", "application/json")
                    .set("responseJsonSchema", Schemas.plain(schema)));
    request.effort().ifPresent(effort -> config.set("thinkingConfig", thinking(effort)));
    request
        .logprobs()
        .ifPresent(
            rivals -> {
              config.put("responseLogprobs", true);
              if (rivals > 0) {
                config.put("logprobs", rivals);
              }
            });
    if (!config.isEmpty()) {
      body.set("generationConfig", config);
    }
    return body;
  }

  private static void sampling(ObjectNode config, Sampling sampling) {
    sampling.temperature().ifPresent(value -> config.put("temperature", value));
    sampling.topP().ifPresent(value -> config.put("topP", value));
    sampling.topK().ifPresent(value -> config.put("topK", value));
    sampling.seed().ifPresent(value -> config.put("seed", value.intValue()));
    sampling.maxTokens().ifPresent(value -> config.put("maxOutputTokens", value));
    if (!sampling.stop().isEmpty()) {
      ArrayNode stop = config.putArray("stopSequences");
      sampling.stop().forEach(stop::add);
    }
  }

  /** The 2.5 models think within a budget, later ones at a level. */
  private ObjectNode thinking(Effort effort) {
    boolean pro = model.contains("-pro");
    ObjectNode out = Json.object();
    if (model.startsWith("gemini-2.5")) {
      out.put(
          "thinkingBudget",
          switch (effort) {
            case NONE -> pro ? 128 : 0;
            case LOW -> 1_024;
            case MEDIUM -> 8_192;
            case HIGH, MAX -> 24_576;
          });
    } else {
      out.put(
          "thinkingLevel",
          switch (effort) {
            case NONE -> pro ? "LOW" : "MINIMAL";
            case LOW -> "LOW";
            case MEDIUM -> "MEDIUM";
            case HIGH, MAX -> "HIGH";
          });
    }
    return effort == Effort.NONE ? out : out.put("includeThoughts", true);
  }

  private static void tools(ObjectNode body, ModelRequest request) {
    if (request.tools().isEmpty()) {
      return;
    }
    ArrayNode declared = body.putArray("tools").addObject().putArray("functionDeclarations");
    for (ToolDefinition tool : request.tools()) {
      ObjectNode schema = Schemas.plain(tool.inputSchema());
      ObjectNode function =
          declared.addObject().put("name", tool.name()).put("description", tool.description());
      if (!schema.path("properties").isEmpty()) {
        function.set("parametersJsonSchema", schema);
      }
    }
    ObjectNode calling = body.putObject("toolConfig").putObject("functionCallingConfig");
    switch (request.toolChoice()) {
      case ToolChoice.Auto() -> calling.put("mode", "AUTO");
      case ToolChoice.Required() -> calling.put("mode", "ANY");
      case ToolChoice.None() -> calling.put("mode", "NONE");
      case ToolChoice.Named(String name) ->
          calling.put("mode", "ANY").putArray("allowedFunctionNames").add(name);
    }
  }

  private ArrayNode contents(List<Message> messages) {
    ArrayNode out = Json.mapper().createArrayNode();
    for (Message message : messages) {
      switch (message) {
        case Message.User(List<ContentBlock> content) -> {
          ArrayNode parts = parts(out, "user");
          content.forEach(block -> part(parts, block));
        }
        case Message.Instruction(String text) -> parts(out, "user").addObject().put("text", text);
        case Message.ToolResult result -> result(parts(out, "user"), result);
        case Message.Assistant said -> assistant(out, said);
      }
    }
    return out;
  }

  /** The parts of the running content of that role, or of a new one. */
  private static ArrayNode parts(ArrayNode out, String role) {
    JsonNode last = out.path(out.size() - 1);
    if (last.path("role").asText().equals(role) && last.get("parts") instanceof ArrayNode parts) {
      return parts;
    }
    return out.addObject().put("role", role).putArray("parts");
  }

  private void assistant(ArrayNode out, Message.Assistant said) {
    List<Layout.Part> layout = Layout.of(endpoint.kept(said), said);
    if (layout.isEmpty()) {
      return;
    }
    ArrayNode parts = parts(out, "model");
    for (Layout.Part part : layout) {
      switch (part) {
        case Layout.Kept(ObjectNode block) -> parts.add(block);
        case Layout.Text(String text, Optional<String> signature) ->
            sign(parts.addObject().put("text", text), signature);
        case Layout.Call(Message.Call call, Optional<String> signature) -> {
          ObjectNode holder = parts.addObject();
          holder
              .putObject("functionCall")
              .put("id", call.id())
              .put("name", call.name())
              .set("args", call.input());
          sign(holder, signature);
        }
      }
    }
  }

  private static void sign(ObjectNode part, Optional<String> signature) {
    signature.ifPresent(value -> part.put("thoughtSignature", value));
  }

  private void result(ArrayNode parts, Message.ToolResult result) {
    StringBuilder text = new StringBuilder();
    ArrayNode shown = Json.mapper().createArrayNode();
    for (ContentBlock block : result.content()) {
      ArrayNode one = Json.mapper().createArrayNode();
      part(one, block);
      if (one.path(0).has("text")) {
        text.append(text.isEmpty() ? "" : "\n").append(one.path(0).path("text").asText());
      } else {
        shown.addAll(one);
      }
    }
    parts
        .addObject()
        .putObject("functionResponse")
        .put("id", result.callId())
        .put("name", result.toolName())
        .putObject("response")
        .put(result.isError() ? "error" : "output", text.toString());
    parts.addAll(shown);
  }

  private void part(ArrayNode parts, ContentBlock block) {
    switch (block) {
      case ContentBlock.Text(String text) -> parts.addObject().put("text", text);
      case ContentBlock.Redacted() -> parts.addObject().put("text", Blocks.redacted());
      case ContentBlock.SearchResult hit -> parts.addObject().put("text", Blocks.searchResult(hit));
      case ContentBlock.Image(JsonNode source) -> media(parts, "image", source);
      case ContentBlock.Document document -> media(parts, "document", document.source());
    }
  }

  private void media(ArrayNode parts, String what, JsonNode source) {
    ObjectNode part = Json.object();
    switch (source.path("type").asText()) {
      case "text" -> part.put("text", source.path("data").asText());
      case "url" -> part.putObject("fileData").put("fileUri", source.path("url").asText());
      case "base64" ->
          part.putObject("inlineData")
              .put("mimeType", source.path("media_type").asText())
              .put("data", source.path("data").asText());
      default -> throw Blocks.unusable(endpoint, what, source);
    }
    parts.add(part);
  }
}
