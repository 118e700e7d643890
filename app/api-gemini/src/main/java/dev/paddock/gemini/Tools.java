package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.ToolRule;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tools of an interaction or an agent.
 *
 * @param functions that the client runs
 */
record Tools(List<ToolDefinition> functions, boolean codeExecution) {
  /** What {@code code_execution} runs. */
  static final String SHELL = "bash";

  /** What an agent may do with the files of its environment, beside running code. */
  private static final List<String> FILES = List.of("read", "write", "edit", "glob", "grep");

  private static final int MOST = 128;
  private static final int DESCRIPTION = 32 << 10;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]{0,127}");
  private static final Map<String, String> MISSING =
      Map.of(
          "google_search", "Google search",
          "google_maps", "Google Maps",
          "url_context", "reading web pages",
          "file_search", "file search",
          "computer_use", "computer use",
          "retrieval", "retrieval",
          "mcp_server", "MCP servers");

  static final Tools NONE = new Tools(List.of(), false);

  /** Where an agent names none it has all that runs in its environment. */
  static final Tools OF_AGENT = new Tools(List.of(), true);

  static Optional<Tools> read(Fields fields) {
    if (fields.find("tools").isEmpty()) {
      return Optional.empty();
    }
    List<ToolDefinition> functions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean code = false;
    for (Fields.Item item : fields.list("tools", MOST)) {
      Fields tool = Fields.of(item.value(), item.place());
      String type = tool.requiredText("type");
      if (type.equals("code_execution")) {
        tool.noOthers();
        code = true;
      } else if (type.equals("function")) {
        ToolDefinition function = function(tool);
        if (!names.add(function.name())) {
          throw ServerException.invalid(tool.at("name"), "a second function of this name");
        }
        functions.add(function);
      } else {
        throw MISSING.containsKey(type)
            ? Fields.missing(tool.at("type"), MISSING.getOrDefault(type, type))
            : ServerException.invalid(
                tool.at("type"), "unknown tool \"%s\"".formatted(Fields.shown(type)));
      }
    }
    return Optional.of(new Tools(List.copyOf(functions), code));
  }

  private static ToolDefinition function(Fields fields) {
    String name = fields.requiredText("name");
    requireName(name, fields.at("name"));
    String description = fields.text("description").orElse("");
    if (description.length() > DESCRIPTION) {
      throw ServerException.invalid(
          fields.at("description"), "is longer than %,d characters".formatted(DESCRIPTION));
    }
    Optional<JsonNode> given = fields.find("parameters");
    fields.ignoring("strict", "response").noOthers();
    ObjectNode schema =
        given.map(node -> Schema.read(node, fields.at("parameters"))).orElseGet(Json::object);
    if (!schema.has("type")) {
      schema.put("type", "object");
    }
    if (!schema.path("type").asText().equals("object")) {
      throw ServerException.invalid(fields.at("parameters.type"), "must be object");
    }
    schema.withObjectProperty("properties");
    return new ToolDefinition(name, description, schema, false);
  }

  static void requireName(String name, String place) {
    if (!NAME.matcher(name).matches()) {
      throw ServerException.invalid(
          place,
          "\"%s\" must begin with a letter or _ and have at most 128 letters, digits and _ . : -"
              .formatted(Fields.shown(name)));
    }
  }

  /** These and the functions of the other. */
  Tools and(Tools more, String place) {
    List<ToolDefinition> all = new ArrayList<>(functions);
    for (ToolDefinition function : more.functions) {
      if (all.stream().anyMatch(one -> one.name().equals(function.name()))) {
        throw ServerException.invalid(
            place, "the agent has a function \"%s\" already".formatted(function.name()));
      }
      all.add(function);
    }
    return new Tools(List.copyOf(all), codeExecution || more.codeExecution);
  }

  /** What the model may call; {@code allowed} narrows it. */
  List<ToolRule> rules(boolean withFiles, Optional<Set<String>> allowed, String place) {
    List<String> names = new ArrayList<>();
    if (codeExecution) {
      names.add(SHELL);
      if (withFiles) {
        names.addAll(FILES);
      }
    }
    for (ToolDefinition function : functions) {
      if (names.contains(function.name())) {
        throw ServerException.invalid(
            place,
            "a function cannot be named \"%s\" beside code_execution".formatted(function.name()));
      }
      names.add(function.name());
    }
    return names.stream()
        .filter(name -> allowed.isEmpty() || allowed.get().contains(name))
        .map(ToolRule::allow)
        .toList();
  }
}
