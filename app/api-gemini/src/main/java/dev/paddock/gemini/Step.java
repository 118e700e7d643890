package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import java.util.List;
import java.util.Optional;

/**
 * A step of an interaction, as an answer shows it and as a stream tells it.
 *
 * @param id of the event that it is
 * @param whole as an answer shows it
 * @param start what a stream begins it with
 * @param text that a stream tells bit by bit; empty where {@code delta} is told at once
 */
record Step(
    EventId id,
    ObjectNode whole,
    ObjectNode start,
    Kind kind,
    String text,
    Optional<ObjectNode> delta) {
  /** The server that a tool call is said to go to, where the tool works on the environment. */
  static final String ENVIRONMENT = "environment";

  /** Which steps grow while the model speaks. */
  enum Kind {
    THOUGHT,
    OUTPUT,
    OTHER
  }

  static Step output(SessionEvent.AgentMessage message) {
    String text = ContentBlock.textOf(message.content());
    ObjectNode whole = typed("model_output");
    whole.putArray("content").add(Content.text(text));
    return new Step(message.id(), whole, emptyOutput(), Kind.OUTPUT, text, Optional.empty());
  }

  static ObjectNode emptyOutput() {
    ObjectNode start = typed("model_output");
    start.putArray("content");
    return start;
  }

  static Step thought(SessionEvent.AgentThinking thinking, boolean summaries) {
    String text = summaries ? thinking.text().orElse("") : "";
    ObjectNode whole = typed("thought");
    if (!text.isEmpty()) {
      whole.putArray("summary").add(Content.text(text));
    }
    return new Step(thinking.id(), whole, typed("thought"), Kind.THOUGHT, text, Optional.empty());
  }

  static Step call(SessionEvent.Call call) {
    ObjectNode arguments = call.input() instanceof ObjectNode given ? given : Json.object();
    return switch (call) {
      case SessionEvent.AgentCustomToolUse own -> {
        ObjectNode start = typed("function_call").put("id", own.id().value());
        start.put("name", own.name()).putObject("arguments");
        ObjectNode delta = typed("arguments_delta").put("arguments", Json.write(arguments));
        yield told(own.id(), start, "arguments", arguments, delta);
      }
      case SessionEvent.AgentToolUse own when own.name().equals(Tools.SHELL) -> {
        ObjectNode code = Json.object().put("language", "bash");
        code.put("code", arguments.path("command").asText());
        ObjectNode start = typed("code_execution_call").put("id", own.id().value());
        start.putObject("arguments");
        ObjectNode delta = typed("code_execution_call").set("arguments", code);
        yield told(own.id(), start, "arguments", code, delta);
      }
      case SessionEvent.AgentToolUse own ->
          serverCall(own.id(), own.name(), ENVIRONMENT, arguments);
      case SessionEvent.AgentMcpToolUse own ->
          serverCall(own.id(), own.name(), own.serverName(), arguments);
    };
  }

  private static Step serverCall(EventId id, String name, String server, ObjectNode arguments) {
    ObjectNode start = typed("mcp_server_tool_call").put("id", id.value());
    start.put("name", name).put("server_name", server).putObject("arguments");
    ObjectNode delta = typed("mcp_server_tool_call").put("name", name).put("server_name", server);
    return told(id, start, "arguments", arguments, delta.set("arguments", arguments));
  }

  /** What the server's own run of a call came to. */
  static Step result(SessionEvent.Result result, SessionEvent.Call call) {
    boolean shell = call instanceof SessionEvent.AgentToolUse use && use.name().equals(Tools.SHELL);
    if (shell) {
      ObjectNode start =
          typed("code_execution_result").put("call_id", call.id().value()).put("result", "");
      ObjectNode delta = typed("code_execution_result");
      String text = ContentBlock.textOf(result.content());
      delta.put("result", text).put("is_error", result.isError());
      Step told = told(result.id(), start, "result", TextNode.valueOf(text), delta);
      told.whole().put("is_error", result.isError());
      return told;
    }
    boolean function = call instanceof SessionEvent.AgentCustomToolUse;
    String type = function ? "function_result" : "mcp_server_tool_result";
    ArrayNode content = Content.write(result.content());
    ObjectNode start = typed(type).put("call_id", call.id().value()).put("name", call.name());
    ObjectNode delta = typed(type).put("name", call.name());
    if (function) {
      delta.put("is_error", result.isError());
    } else {
      String server =
          call instanceof SessionEvent.AgentMcpToolUse mcp ? mcp.serverName() : ENVIRONMENT;
      start.put("server_name", server);
      delta.put("server_name", server);
    }
    start.putArray("result");
    delta.set("result", content);
    Step told = told(result.id(), start, "result", content, delta);
    if (result.isError()) {
      told.whole().put("is_error", true);
    }
    return told;
  }

  /** What the loop tells the model about its answer before it answers again. */
  static Step reminder(SessionEvent.SystemMessage message) {
    ObjectNode whole = typed("user_input");
    whole.set("content", Content.write(message.content()));
    return new Step(message.id(), whole, whole, Kind.OTHER, "", Optional.empty());
  }

  private static Step told(
      EventId id, ObjectNode start, String field, JsonNode value, ObjectNode delta) {
    ObjectNode whole = start.deepCopy();
    whole.set(field, value);
    return new Step(id, whole, start, Kind.OTHER, "", Optional.of(delta));
  }

  private static ObjectNode typed(String type) {
    return Json.object().put("type", type);
  }

  /** A bit of a growing step. */
  static ObjectNode bit(Kind kind, String text) {
    return switch (kind) {
      case OUTPUT -> Content.text(text);
      case THOUGHT -> typed("thought_summary").set("content", Content.text(text));
      case OTHER -> throw new IllegalArgumentException("this step is told at once");
    };
  }

  static ObjectNode emptyThought() {
    return typed("thought");
  }

  static ArrayNode wholes(List<Step> steps) {
    ArrayNode out = Json.mapper().createArrayNode();
    steps.forEach(step -> out.add(step.whole()));
    return out;
  }
}
