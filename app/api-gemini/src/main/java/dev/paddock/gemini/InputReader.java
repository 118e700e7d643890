package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads an interaction's {@code input}: a text, content, steps, or turns with roles. */
final class InputReader {
  private static final String PLACE = "input";
  private static final int MOST = 10_000;

  private InputReader() {}

  static List<InputItem> read(JsonNode input) {
    List<InputItem> items = new ArrayList<>();
    if (input.isTextual()) {
      items.add(user(List.of(ContentBlock.text(input.textValue())), PLACE));
    } else if (input.isObject()) {
      items.add(item(input, PLACE));
    } else {
      List<ContentBlock> content = new ArrayList<>();
      for (Fields.Item item : Fields.items(input, PLACE, MOST)) {
        if (isContent(item.value())) {
          content.add(Content.block(item.value(), item.place()));
        } else {
          flush(content, items);
          items.add(item(item.value(), item.place()));
        }
      }
      flush(content, items);
    }
    if (items.isEmpty()) {
      throw ServerException.invalid(PLACE, "must not be empty");
    }
    return List.copyOf(items);
  }

  private static void flush(List<ContentBlock> content, List<InputItem> items) {
    if (!content.isEmpty()) {
      items.add(new InputItem.User(List.copyOf(content)));
      content.clear();
    }
  }

  private static boolean isContent(JsonNode node) {
    return Content.TYPES.contains(node.path("type").asText());
  }

  private static InputItem user(List<ContentBlock> content, String place) {
    boolean empty =
        content.stream().allMatch(b -> b instanceof ContentBlock.Text t && t.text().isBlank());
    if (empty) {
      throw ServerException.invalid(place, "must not be empty");
    }
    return new InputItem.User(content);
  }

  private static InputItem item(JsonNode node, String place) {
    if (isContent(node)) {
      return user(List.of(Content.block(node, place)), place);
    }
    Fields fields = Fields.of(node, place);
    if (fields.find("type").isEmpty() && fields.find("role").isPresent()) {
      return turn(fields);
    }
    String type = fields.requiredText("type");
    return switch (type) {
      case "user_input" -> user(content(fields), fields.at("content"));
      case "model_output" -> new InputItem.Output(onlyText(content(fields), fields.at("content")));
      case "thought" -> new InputItem.Thought(summary(fields));
      case "function_call" -> call(fields, fields.requiredText("name"), arguments(fields), true);
      case "mcp_server_tool_call" ->
          call(fields, fields.requiredText("name"), arguments(fields), false);
      case "code_execution_call" -> call(fields, Tools.SHELL, shell(fields), false);
      case "function_result", "mcp_server_tool_result", "code_execution_result" -> result(fields);
      default -> throw Fields.missing(fields.at("type"), "a step \"" + Fields.shown(type) + "\"");
    };
  }

  private static InputItem turn(Fields fields) {
    List<ContentBlock> content = content(fields);
    return switch (fields.requiredText("role")) {
      case "user" -> user(content, fields.at("content"));
      case "model" -> new InputItem.Output(onlyText(content, fields.at("content")));
      default -> throw ServerException.invalid(fields.at("role"), "must be user or model");
    };
  }

  private static List<ContentBlock> content(Fields fields) {
    return Content.read(fields.required("content"), fields.at("content"));
  }

  private static String onlyText(List<ContentBlock> content, String place) {
    if (!content.stream().allMatch(ContentBlock.Text.class::isInstance)) {
      throw Fields.missing(place, "output of a model other than text");
    }
    return ContentBlock.textOf(content);
  }

  private static String summary(Fields fields) {
    return fields
        .find("summary")
        .map(node -> ContentBlock.textOf(Content.read(node, fields.at("summary"))))
        .orElse("");
  }

  private static ObjectNode arguments(Fields fields) {
    return fields.object("arguments").map(Fields::all).orElseGet(Json::object);
  }

  /** Code of another language than the shell's is what was run; it is not run again. */
  private static ObjectNode shell(Fields fields) {
    Optional<String> code = fields.object("arguments").flatMap(given -> given.text("code"));
    return Json.object().put("command", code.orElse(""));
  }

  private static InputItem call(
      Fields fields, String name, ObjectNode arguments, boolean byClient) {
    Tools.requireName(name, fields.at("name"));
    return new InputItem.Call(
        fields.requiredText("id"), name, arguments, byClient, fields.at("id"));
  }

  private static InputItem result(Fields fields) {
    JsonNode result = fields.required("result");
    boolean plain = result.isObject() && !isContent(result);
    List<ContentBlock> content =
        plain || result.isValueNode() && !result.isTextual()
            ? List.of(ContentBlock.text(Json.write(result)))
            : Content.read(result, fields.at("result"));
    return new InputItem.Result(
        fields.requiredText("call_id"),
        content,
        fields.flag("is_error", false),
        fields.at("call_id"));
  }
}
