package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a turn may say, as a JSON Schema: a call of an offered tool, {@code {"name", "arguments"}},
 * or the answer that was asked for.
 *
 * @param schema empty where any text will do
 * @param calls a call, for a model that begins one where text would do
 * @param tools those that may be called
 */
record TurnSchema(
    Optional<ObjectNode> schema, Optional<ObjectNode> calls, List<ToolDefinition> tools) {

  static TurnSchema of(ModelRequest request) {
    List<ToolDefinition> callable =
        switch (request.toolChoice()) {
          case ToolChoice.None n -> List.of();
          case ToolChoice.Named named -> List.of(named(request.tools(), named.name()));
          case ToolChoice.Auto a -> request.tools();
          case ToolChoice.Required r -> request.tools();
        };
    boolean must =
        request.toolChoice() instanceof ToolChoice.Required
            || request.toolChoice() instanceof ToolChoice.Named;
    if (must && callable.isEmpty()) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST, "a call is required, but no tool is offered");
    }
    Optional<ObjectNode> calls = callable.isEmpty() ? Optional.empty() : Optional.of(any(callable));
    if (must || callable.isEmpty()) {
      return new TurnSchema(must ? calls : request.output(), calls, callable);
    }
    Optional<ObjectNode> either = request.output().map(output -> either(callable, output));
    return new TurnSchema(either, calls, callable);
  }

  private static ToolDefinition named(List<ToolDefinition> tools, String name) {
    return tools.stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    ErrorCode.INVALID_REQUEST,
                    "the tool \"%s\" is required, but not offered".formatted(name)));
  }

  private static ObjectNode any(List<ToolDefinition> tools) {
    return tools.size() == 1 ? call(tools.getFirst(), "") : oneOf(tools, Optional.empty());
  }

  private static ObjectNode either(List<ToolDefinition> tools, ObjectNode output) {
    return oneOf(tools, Optional.of(output));
  }

  private static ObjectNode oneOf(List<ToolDefinition> tools, Optional<ObjectNode> output) {
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("anyOf");
    for (ToolDefinition tool : tools) {
      list.add(call(tool, "/anyOf/" + list.size()));
    }
    output.ifPresent(schema -> list.add(rooted(schema, "/anyOf/" + list.size())));
    return out;
  }

  private static ObjectNode call(ToolDefinition tool, String pointer) {
    ObjectNode out = Json.object().put("type", "object");
    ObjectNode properties = out.putObject("properties");
    properties.putObject("name").put("const", tool.name());
    properties.set("arguments", rooted(tool.inputSchema(), pointer + "/properties/arguments"));
    out.putArray("required").add("name").add("arguments");
    return out.put("additionalProperties", false);
  }

  /** The schema with its own references pointing to where it now stands. */
  static JsonNode rooted(JsonNode schema, String pointer) {
    if (schema instanceof ArrayNode list) {
      ArrayNode out = Json.object().arrayNode();
      list.forEach(item -> out.add(rooted(item, pointer)));
      return out;
    }
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      boolean reference =
          field.getKey().equals("$ref")
              && field.getValue() instanceof TextNode text
              && (text.textValue().equals("#") || text.textValue().startsWith("#/"));
      out.set(
          field.getKey(),
          reference
              ? out.textNode("#" + pointer + field.getValue().textValue().substring(1))
              : rooted(field.getValue(), pointer));
    }
    return out;
  }

  /** The call that a text is, if it is one of an offered tool. */
  Optional<ObjectNode> asCall(String text) {
    if (tools.isEmpty()) {
      return Optional.empty();
    }
    JsonNode value;
    try {
      value = Json.tree(text.strip());
    } catch (dev.paddock.core.CoreException e) {
      return Optional.empty();
    }
    boolean isCall =
        value instanceof ObjectNode
            && value.size() == 2
            && value.path("arguments").isObject()
            && names().contains(value.path("name").asText());
    return isCall ? Optional.of((ObjectNode) value) : Optional.empty();
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    tools.forEach(tool -> names.add(tool.name()));
    return names;
  }
}
