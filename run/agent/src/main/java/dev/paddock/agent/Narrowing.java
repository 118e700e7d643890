package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent's folder leaves open, from its steps and what has happened. The log alone decides:
 * asked again about the same log it says the same.
 */
final class Narrowing {
  private final AgentDefinition agent;
  private final Map<String, ToolRule> rules = new LinkedHashMap<>();
  private final Map<String, ToolDefinition> narrowed = new LinkedHashMap<>();

  /** A tool that the agent names and the place lacks is not offered. */
  Narrowing(AgentDefinition agent, List<ToolDefinition> available) {
    this.agent = agent;
    Map<String, ToolDefinition> byName = new LinkedHashMap<>();
    available.forEach(tool -> byName.put(tool.name(), tool));
    List<ToolRule> named =
        agent.tools().orElseGet(() -> byName.keySet().stream().map(ToolRule::allow).toList());
    for (ToolRule rule : named) {
      ToolDefinition tool = byName.get(rule.name());
      if (tool != null) {
        rules.put(rule.name(), rule);
        narrowed.put(rule.name(), tool.withInputSchema(narrow(tool.inputSchema(), rule)));
      }
    }
  }

  Opening next(Transcript transcript) {
    int step = StepProgress.of(agent.steps(), transcript).index();
    if (agent.steps().isEmpty()) {
      return opening(List.copyOf(narrowed.keySet()), new ToolChoice.Auto(), true, Optional.empty());
    }
    if (step == agent.steps().size()) {
      return opening(List.of(), new ToolChoice.None(), true, Optional.empty());
    }
    StepRule rule = agent.steps().get(step);
    ToolChoice choice = rule.ends() ? new ToolChoice.Required() : new ToolChoice.Auto();
    return opening(rule.tools(), choice, !rule.ends(), rule.instructions());
  }

  /** What still has to happen before the answer; empty when nothing has. */
  Optional<String> unfinished(Transcript transcript) {
    int index = StepProgress.of(agent.steps(), transcript).index();
    if (index == agent.steps().size() || !agent.steps().get(index).ends()) {
      return Optional.empty();
    }
    StepRule step = agent.steps().get(index);
    return Optional.of(
        "You cannot answer yet. The step \"%s\" is open: call %s."
            .formatted(step.name(), step.called().orElse(String.join(" or ", step.tools()))));
  }

  private Opening opening(
      List<String> names, ToolChoice choice, boolean answer, Optional<String> instructions) {
    List<ToolDefinition> open = new ArrayList<>();
    Map<String, ToolRule> openRules = new LinkedHashMap<>();
    for (String name : names) {
      ToolDefinition tool = narrowed.get(name);
      ToolRule rule = rules.get(name);
      if (tool != null && rule != null) {
        open.add(tool);
        openRules.put(name, rule);
      }
    }
    return new Opening(
        open,
        openRules,
        open.isEmpty() ? new ToolChoice.None() : choice,
        answer ? agent.output() : Optional.empty(),
        instructions);
  }

  /**
   * The tool's schema with its bounded properties replaced: the bound's keywords over the
   * property's own; a fixed one is required, one that is {@code false} is gone.
   */
  private static ObjectNode narrow(ObjectNode schema, ToolRule rule) {
    ObjectNode out = schema.deepCopy();
    ObjectNode properties = out.withObjectProperty("properties");
    rule.arguments()
        .forEach(
            (property, bound) -> {
              if (bound.isBoolean()) {
                forbid(out, properties, property, bound.booleanValue());
              } else if (bound instanceof ObjectNode fragment) {
                properties.set(property, narrow(properties.path(property), fragment));
                if (fragment.has("const")) {
                  require(out, property);
                }
              }
            });
    return out;
  }

  private static JsonNode narrow(JsonNode own, ObjectNode fragment) {
    if (!(own instanceof ObjectNode base)) {
      return fragment.deepCopy();
    }
    ObjectNode merged = base.deepCopy();
    fragment.properties().forEach(e -> merged.set(e.getKey(), Bounds.tighter(e, base)));
    return merged;
  }

  private static void forbid(
      ObjectNode schema, ObjectNode properties, String property, boolean allowed) {
    if (allowed) {
      return;
    }
    properties.remove(property);
    if (schema.get("required") instanceof ArrayNode required) {
      required.removeIf(name -> name.asText().equals(property));
    }
    schema.put("additionalProperties", false);
  }

  private static void require(ObjectNode schema, String property) {
    ArrayNode required = schema.withArrayProperty("required");
    for (JsonNode name : required) {
      if (name.asText().equals(property)) {
        return;
      }
    }
    required.add(property);
  }
}
