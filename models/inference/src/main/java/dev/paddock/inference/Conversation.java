package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a request into the tokens of a prompt. */
final class Conversation {
  /** Parts the name of a special token within a text of the request, so that it stays text. */
  private static final char GUARD = '\uFDD0';

  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  Conversation(Tokenizer tokenizer, ChatTemplate template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /** The prompt's text, for traces, with its tokens. */
  @SuppressWarnings("ArrayRecordComponent")
  record Prompt(String text, int[] tokens) {}

  Prompt prompt(ModelRequest request) {
    List<ChatMessage> messages = new ArrayList<>();
    List<ToolDefinition> tools = request.tools();
    boolean told = template.knowsTools() || tools.isEmpty();
    Optional<String> system = system(request.system(), told ? List.of() : tools);
    system.ifPresent(text -> messages.add(new ChatMessage("system", guard(text))));
    request.messages().forEach(message -> messages.add(chat(message)));
    String text = template.render(messages, told ? tools : List.of());
    IntBuffer tokens = new IntBuffer();
    String beginning = tokenizer.beginning().map(tokenizer::text).orElse("");
    if (!text.startsWith(beginning)) {
      tokenizer.beginning().ifPresent(tokens::add);
    }
    tokens.addAll(tokenizer.encodeTemplate(text, GUARD));
    return new Prompt(text.replace(String.valueOf(GUARD), ""), tokens.toArray());
  }

  private static Optional<String> system(Optional<String> system, List<ToolDefinition> tools) {
    if (tools.isEmpty()) {
      return system;
    }
    StringBuilder out = new StringBuilder();
    system.ifPresent(text -> out.append(text).append("\n\n"));
    out.append(
        "You can call a tool: answer with nothing but {\"name\": TOOL, \"arguments\": {…}}."
            + " The tools, with the JSON Schema of their arguments:\n");
    for (ToolDefinition tool : tools) {
      out.append(
          Json.write(
              Json.object()
                  .put("name", tool.name())
                  .put("description", tool.description())
                  .set("arguments", tool.inputSchema())));
      out.append('\n');
    }
    return Optional.of(out.toString());
  }

  private ChatMessage chat(Message message) {
    return switch (message) {
      case Message.User m -> new ChatMessage("user", guard(text(m.content())));
      case Message.Instruction m -> new ChatMessage("system", guard(m.text()));
      case Message.Assistant m -> assistant(m);
      case Message.ToolResult m -> result(m);
    };
  }

  private ChatMessage assistant(Message.Assistant message) {
    if (template.knowsTools()) {
      return new ChatMessage("assistant", guard(message.text()), message.calls());
    }
    StringBuilder out = new StringBuilder(message.text());
    for (Message.Call call : message.calls()) {
      out.append(out.isEmpty() ? "" : "\n").append(call(call));
    }
    return new ChatMessage("assistant", guard(out.toString()));
  }

  private static String call(Message.Call call) {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    fields.put("name", Json.object().textNode(call.name()));
    fields.put("arguments", call.input());
    return Json.write(fields);
  }

  private ChatMessage result(Message.ToolResult message) {
    String text = text(message.content());
    if (template.knowsTools()) {
      return new ChatMessage("tool", guard(text));
    }
    String what = message.isError() ? "Error of " : "Result of ";
    return new ChatMessage("user", guard(what + message.toolName() + ":\n" + text));
  }

  private static String text(List<ContentBlock> content) {
    StringBuilder out = new StringBuilder();
    for (ContentBlock block : content) {
      out.append(out.isEmpty() ? "" : "\n").append(text(block));
    }
    return out.toString();
  }

  private static String text(ContentBlock block) {
    return switch (block) {
      case ContentBlock.Text t -> t.text();
      case ContentBlock.Document d when d.source().path("type").asText().equals("text") ->
          d.source().path("data").asText();
      case ContentBlock.Document d -> throw unreadable("documents other than text");
      case ContentBlock.Image i -> throw unreadable("images");
      case ContentBlock.SearchResult s -> {
        StringBuilder out =
            new StringBuilder(s.title()).append(" (").append(s.source()).append(')');
        s.content().forEach(part -> out.append('\n').append(part.path("text").asText()));
        yield out.toString();
      }
      case ContentBlock.Redacted r -> "[redacted]";
    };
  }

  private static ModelException unreadable(String what) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST, "this model reads text, not %s".formatted(what));
  }

  private String guard(String text) {
    String out = text.replace(GUARD, '\uFFFD');
    for (String name : tokenizer.specialNames()) {
      if (name.length() > 1 && out.contains(name)) {
        out = out.replace(name, name.charAt(0) + String.valueOf(GUARD) + name.substring(1));
      }
    }
    return out;
  }
}
