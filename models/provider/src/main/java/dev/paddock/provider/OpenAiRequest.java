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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A Chat Completions request. OpenAI itself refuses what it does not know and has renamed some
 * fields; servers that speak like it know the old names and take {@code top_k}.
 */
final class OpenAiRequest {
  /** OpenAI's models before reasoning ones; the later ones refuse sampling settings. */
  private static final Pattern SAMPLED = Pattern.compile("(ft:)?(gpt-3|gpt-4|chatgpt-4).*");

  private final Endpoint endpoint;
  private final String model;
  private final boolean official;

  OpenAiRequest(Endpoint endpoint, String model) {
    this.endpoint = endpoint;
    this.model = model;
    this.official = endpoint.isOfficial();
  }

  ObjectNode body(ModelRequest request) {
    ObjectNode body = Json.object().put("model", model).put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    body.set("messages", messages(request));
    tools(body, request);
    request.output().ifPresent(schema -> output(body, Schemas.plain(schema)));
    sampling(body, request.sampling());
    request.effort().ifPresent(effort -> body.put("reasoning_effort", word(effort)));
    request
        .logprobs()
        .ifPresent(rivals -> body.put("logprobs", true).put("top_logprobs", rivals.intValue()));
    return body;
  }

  private String word(Effort effort) {
    return switch (effort) {
      case NONE -> "none";
      case LOW -> "low";
      case MEDIUM -> "medium";
      case HIGH -> "high";
      case MAX -> official ? "xhigh" : "high";
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
          .put("type", "function")
          .putObject("function")
          .put("name", tool.name())
          .put("description", tool.description())
          .set("parameters", Schemas.plain(tool.inputSchema()));
    }
    switch (request.toolChoice()) {
      case ToolChoice.Auto() -> body.put("tool_choice", "auto");
      case ToolChoice.Required() -> body.put("tool_choice", "required");
      case ToolChoice.None() -> body.put("tool_choice", "none");
      case ToolChoice.Named(String name) ->
          body.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .put("name", name);
    }
  }

  private static void output(ObjectNode body, ObjectNode schema) {
    ObjectNode format = body.putObject("response_format").put("type", "json_schema");
    format
        .putObject("json_schema")
        .put("name", "answer")
        .put("strict", Schemas.isClosed(schema))
        .set("schema", schema);
  }

  private void sampling(ObjectNode body, Sampling sampling) {
    if (!official || SAMPLED.matcher(model).matches()) {
      sampling.temperature().ifPresent(value -> body.put("temperature", value));
      sampling.topP().ifPresent(value -> body.put("top_p", value));
    }
    if (!official) {
      sampling.topK().ifPresent(value -> body.put("top_k", value));
    }
    sampling.seed().ifPresent(value -> body.put("seed", value));
    sampling
        .maxTokens()
        .ifPresent(max -> body.put(official ? "max_completion_tokens" : "max_tokens", max));
    if (!sampling.stop().isEmpty()) {
      ArrayNode stop = body.putArray("stop");
      sampling.stop().forEach(stop::add);
    }
  }

  private ArrayNode messages(ModelRequest request) {
    ArrayNode out = Json.mapper().createArrayNode();
    request.system().ifPresent(text -> message(out, "system").put("content", text));
    int turn = lastQuestion(request.messages());
    List<ContentBlock> pictures = new ArrayList<>();
    for (int i = 0; i < request.messages().size(); i++) {
      Message message = request.messages().get(i);
      if (!(message instanceof Message.ToolResult)) {
        pictures(out, pictures);
      }
      switch (message) {
        case Message.User(List<ContentBlock> content) ->
            message(out, "user").set("content", content(content));
        case Message.Assistant said -> assistant(out, said, i > turn);
        case Message.ToolResult result -> {
          message(out, "tool")
              .put("tool_call_id", result.callId())
              .put("content", resultText(result));
          result.content().stream().filter(OpenAiRequest::isMedia).forEach(pictures::add);
        }
        case Message.Instruction(String text) ->
            message(out, official ? "system" : "user").put("content", text);
      }
    }
    pictures(out, pictures);
    return out;
  }

  private static ObjectNode message(ArrayNode out, String role) {
    return out.addObject().put("role", role);
  }

  /** A tool message holds text alone, so what a tool showed follows as the user's. */
  private void pictures(ArrayNode out, List<ContentBlock> pictures) {
    if (!pictures.isEmpty()) {
      message(out, "user").set("content", content(pictures));
      pictures.clear();
    }
  }

  private static int lastQuestion(List<Message> messages) {
    int last = -1;
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i) instanceof Message.User) {
        last = i;
      }
    }
    return last;
  }

  private void assistant(ArrayNode out, Message.Assistant said, boolean inThisTurn) {
    if (said.text().isEmpty() && said.calls().isEmpty()) {
      return;
    }
    ObjectNode message = message(out, "assistant").put("content", said.text());
    ArrayNode calls = said.calls().isEmpty() ? null : message.putArray("tool_calls");
    if (calls != null) {
      for (Message.Call call : said.calls()) {
        calls
            .addObject()
            .put("id", call.id())
            .put("type", "function")
            .putObject("function")
            .put("name", call.name())
            .put("arguments", Json.write(call.input()));
      }
    }
    endpoint.kept(said).ifPresent(state -> OpenAiState.restore(state, message, inThisTurn));
  }

  private static String resultText(Message.ToolResult result) {
    StringBuilder out = new StringBuilder(result.isError() ? "[error] " : "");
    String separator = "";
    for (ContentBlock block : result.content()) {
      out.append(separator).append(isMedia(block) ? "[shown below]" : text(block));
      separator = "\n";
    }
    return out.toString();
  }

  private static boolean isMedia(ContentBlock block) {
    return switch (block) {
      case ContentBlock.Image _ -> true;
      case ContentBlock.Document document ->
          !document.source().path("type").asText().equals("text");
      case ContentBlock.Text _, ContentBlock.SearchResult _, ContentBlock.Redacted _ -> false;
    };
  }

  private static String text(ContentBlock block) {
    return switch (block) {
      case ContentBlock.Text(String text) -> text;
      case ContentBlock.SearchResult hit -> Blocks.searchResult(hit);
      case ContentBlock.Document document -> document.source().path("data").asText();
      case ContentBlock.Redacted _, ContentBlock.Image _ -> Blocks.redacted();
    };
  }

  private JsonNode content(List<ContentBlock> blocks) {
    if (blocks.size() == 1 && blocks.getFirst() instanceof ContentBlock.Text(String text)) {
      return Json.tree((Object) text);
    }
    ArrayNode out = Json.mapper().createArrayNode();
    for (ContentBlock block : blocks) {
      ObjectNode part = out.addObject();
      if (block instanceof ContentBlock.Image(JsonNode source)) {
        part.put("type", "image_url").putObject("image_url").put("url", url("image", source));
      } else if (block instanceof ContentBlock.Document document && isMedia(block)) {
        part.put("type", "file")
            .putObject("file")
            .put("filename", document.title().orElse("document.pdf"))
            .put("file_data", url("document", document.source()));
      } else {
        part.put("type", "text").put("text", text(block));
      }
    }
    return out;
  }

  private String url(String what, JsonNode source) {
    return switch (source.path("type").asText()) {
      case "url" -> source.path("url").asText();
      case "base64" ->
          "data:%s;base64,%s"
              .formatted(source.path("media_type").asText(), source.path("data").asText());
      default -> throw Blocks.unusable(endpoint, what, source);
    };
  }
}
