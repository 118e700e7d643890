package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.provider.spi.ToolChoice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the next turn may do. A model with a grammar is held to it while it speaks; every other is
 * held to it as a policy, by {@link #judge}.
 *
 * @param tools open now, their schemas narrowed
 * @param rules of the open tools, by name
 * @param output the schema of the answer, once the agent may answer
 * @param instructions of the step
 */
record Opening(
    List<ToolDefinition> tools,
    Map<String, ToolRule> rules,
    ToolChoice choice,
    Optional<ObjectNode> output,
    Optional<String> instructions)
    implements ToolPolicy {

  @Override
  public Decision before(SessionState state, ToolDefinition tool, ObjectNode input) {
    return judge(tool.name(), input);
  }

  /** Denies what is not open, and says what is; fixed arguments that are missing are filled in. */
  Decision judge(String name, ObjectNode input) {
    Optional<ToolDefinition> open =
        tools.stream().filter(tool -> tool.name().equals(name)).findFirst();
    ToolRule rule = rules.get(name);
    if (open.isEmpty() || rule == null) {
      return Decision.deny("The tool \"%s\" is not open now. %s".formatted(name, whatIsOpen()));
    }
    ObjectNode filled = input.deepCopy();
    rule.arguments().forEach((property, bound) -> fill(filled, property, bound));
    List<String> violations = Schemas.violations(open.get().inputSchema(), filled);
    if (!violations.isEmpty()) {
      return Decision.deny(
          "The call of \"%s\" was not run, its arguments are not allowed: %s."
              .formatted(name, String.join("; ", violations)));
    }
    Permission permission =
        rule.policy() == ToolRule.Policy.ALWAYS_ASK ? Permission.ASK : Permission.ALLOW;
    return new Decision(
        permission,
        Optional.empty(),
        filled.equals(input) ? Optional.empty() : Optional.of(filled));
  }

  ToolRule.Policy policy(String name) {
    ToolRule rule = rules.get(name);
    return rule == null ? ToolRule.Policy.ALWAYS_ASK : rule.policy();
  }

  private static void fill(ObjectNode input, String property, JsonNode bound) {
    if (!input.has(property) && bound.has("const")) {
      input.set(property, bound.get("const"));
    }
  }

  private String whatIsOpen() {
    return tools.isEmpty()
        ? "No tool is open; give your answer."
        : tools.stream()
            .map(ToolDefinition::name)
            .collect(Collectors.joining(", ", "Open now: ", "."));
  }
}
