package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.ToolRule;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code tools} of an agent mean for a session: which tools are open under which policy, and
 * which of them the client runs. A tool that the place lacks is not offered to the model.
 */
record ToolPlan(List<ToolRule> rules, List<ToolDefinition> clientTools) {
  /** The loop's tool by which an agent gives work to one of its roster. */
  private static final String DELEGATE = "delegate";

  /**
   * @param delegates whether there is a roster
   */
  static ToolPlan of(JsonNode tools, boolean delegates) {
    ToolPlan plan = new ToolPlan(new ArrayList<>(), new ArrayList<>());
    for (JsonNode tool : tools) {
      switch (tool.path("type").asText()) {
        case ToolWire.AGENT_TOOLSET -> plan.addAgentToolset(tool);
        case ToolWire.PADDOCK_TOOLSET -> plan.addPaddockToolset(tool.path("tools"));
        case ToolWire.CUSTOM -> plan.addCustom(tool);
        default -> {
          // An MCP toolset: its server says which tools there are.
        }
      }
    }
    if (delegates && plan.rules.stream().noneMatch(rule -> rule.name().equals(DELEGATE))) {
      plan.rules.add(ToolRule.allow(DELEGATE));
    }
    return plan;
  }

  private void addAgentToolset(JsonNode set) {
    for (String name : ToolWire.AGENT_TOOLS) {
      JsonNode config = ToolWire.config(set.path("configs"), name, set.path("default_config"));
      if (config.path("enabled").booleanValue()) {
        ToolRule rule = rule(name, config.path("permission_policy"));
        rules.add(
            new ToolRule(
                name, rule.policy(), rule.arguments(), WebToolWire.settings(name, config)));
      }
    }
  }

  private void addPaddockToolset(JsonNode tools) {
    for (JsonNode tool : tools) {
      rules.add(
          tool.isTextual()
              ? ToolRule.allow(tool.textValue())
              : rule(tool.path("name").asText(), tool.path("permission_policy")));
    }
  }

  private void addCustom(JsonNode tool) {
    ObjectNode schema = tool.path("input_schema").deepCopy();
    schema.properties().removeIf(entry -> entry.getValue().isNull());
    String name = tool.path("name").asText();
    clientTools.add(new ToolDefinition(name, tool.path("description").asText(), schema, false));
    rules.add(ToolRule.allow(name));
  }

  private static ToolRule rule(String name, JsonNode policy) {
    return new ToolRule(name, Json.convert(policy.path("type"), ToolRule.Policy.class), Map.of());
  }

  /** MCP servers that are named, in their order. */
  static List<String> servers(ArrayNode tools) {
    List<String> names = new ArrayList<>();
    for (JsonNode tool : tools) {
      if (tool.path("type").asText().equals(ToolWire.MCP_TOOLSET)) {
        names.add(tool.path("mcp_server_name").asText());
      }
    }
    return names;
  }
}
