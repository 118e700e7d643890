package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ToolChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The functions that a request offers and whether they must be called, in the nested form of chat
 * completions and in the flat one of responses.
 */
record Tools(List<ToolDefinition> offered, ToolChoice choice) {
  private static final int MAX_TOOLS = 128;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  static Tools read(Fields body, ModelDescription model) {
    List<ToolDefinition> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<JsonNode> sent = body.array("tools", MAX_TOOLS).orElse(List.of());
    for (int i = 0; i < sent.size(); i++) {
      Fields tool = Fields.of(sent.get(i), "tools[%d]".formatted(i));
      ToolDefinition function = function(tool);
      if (!names.add(function.name())) {
        throw Refusal.value(tool.at("name"), function.name(), "a name that no other tool has");
      }
      all.add(function);
    }
    if (!all.isEmpty() && !model.can(Capability.TOOLS)) {
      throw Refusal.unsupported("tools", "the model %s calls none".formatted(model.ref()));
    }
    return choose(body, all);
  }

  private static ToolDefinition function(Fields tool) {
    String kind = tool.requiredText("type");
    if (!kind.equals("function")) {
      throw Refusal.of(
          tool.at("type"),
          "unsupported_value",
          "Tools of type '%s' are not offered; declare a function and run it yourself."
              .formatted(Refusal.shown(kind)));
    }
    Fields function = tool.object("function").orElse(tool);
    String name = function.requiredText("name");
    if (!NAME.matcher(name).matches()) {
      throw Refusal.value(function.at("name"), name, "1 to 64 of a-z, A-Z, 0-9, _ and -");
    }
    ObjectNode parameters =
        function
            .object("parameters")
            .map(Fields::all)
            .orElseGet(() -> Json.object().put("type", "object"));
    if (!parameters.path("type").asText("object").equals("object")) {
      throw Refusal.of(
          function.at("parameters"),
          "invalid_function_parameters",
          "Invalid schema for function '%s': it must be of type object.".formatted(name));
    }
    ObjectNode schema = parameters.deepCopy().put("type", "object");
    return new ToolDefinition(name, function.text("description").orElse(""), schema, false);
  }

  private static Tools choose(Fields body, List<ToolDefinition> all) {
    Optional<JsonNode> asked = body.node("tool_choice");
    if (asked.isEmpty()) {
      return new Tools(all, new ToolChoice.Auto());
    }
    if (asked.get().isTextual()) {
      return new Tools(all, mode(all, asked.get().textValue()));
    }
    Fields choice = Fields.of(asked.get(), "tool_choice");
    String kind = choice.requiredText("type");
    return switch (kind) {
      case "function" -> {
        Fields holder = choice.object("function").orElse(choice);
        String name = holder.requiredText("name");
        requireOffered(all, holder.at("name"), name);
        yield new Tools(all, new ToolChoice.Named(name));
      }
      case "allowed_tools" -> allowed(choice.object("allowed_tools").orElse(choice), all);
      default -> throw Refusal.value("tool_choice.type", kind, "function or allowed_tools");
    };
  }

  private static Tools allowed(Fields choice, List<ToolDefinition> all) {
    Set<String> names = new HashSet<>();
    List<JsonNode> listed =
        choice.array("tools", MAX_TOOLS).orElseThrow(() -> Refusal.missing(choice.at("tools")));
    for (int i = 0; i < listed.size(); i++) {
      Fields tool = Fields.of(listed.get(i), "%s[%d]".formatted(choice.at("tools"), i));
      Fields holder = tool.object("function").orElse(tool);
      String name = holder.requiredText("name");
      requireOffered(all, holder.at("name"), name);
      names.add(name);
    }
    List<ToolDefinition> kept = all.stream().filter(tool -> names.contains(tool.name())).toList();
    return new Tools(kept, mode(kept, choice.choice("mode", "auto", "required").orElse("auto")));
  }

  private static ToolChoice mode(List<ToolDefinition> all, String word) {
    return switch (word) {
      case "auto" -> new ToolChoice.Auto();
      case "none" -> new ToolChoice.None();
      case "required" -> {
        if (all.isEmpty()) {
          throw Refusal.of(
              "tool_choice",
              "invalid_value",
              "'tool_choice' is only allowed when 'tools' are specified.");
        }
        yield new ToolChoice.Required();
      }
      default -> throw Refusal.value("tool_choice", word, "none, auto, required or an object");
    };
  }

  private static void requireOffered(List<ToolDefinition> all, String param, String name) {
    if (all.stream().noneMatch(tool -> tool.name().equals(name))) {
      throw Refusal.value(param, name, "the name of one of the tools");
    }
  }
}
