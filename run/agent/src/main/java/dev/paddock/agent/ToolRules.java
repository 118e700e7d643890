package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code tools} of {@code agent.yaml} and {@code allowed-tools} of {@code SKILL.md}. */
final class ToolRules {
  private static final int MAX_TOOLS = 128;

  private final Problems problems;
  private final SkillFile skill;

  ToolRules(Problems problems, SkillFile skill) {
    this.problems = problems;
    this.skill = skill;
  }

  /** The tools of an agent that names them in {@code allowed-tools} only. */
  static Optional<List<ToolRule>> approved(SkillFile skill) {
    return skill
        .allowedTools()
        .map(
            names ->
                names.stream()
                    .map(ToolRules::baseName)
                    .distinct()
                    .map(name -> new ToolRule(name, defaultPolicy(skill, name), Map.of()))
                    .toList());
  }

  List<ToolRule> read(YamlValue value) {
    List<ToolRule> rules = new ArrayList<>();
    switch (value) {
      case YamlValue.Sequence list -> {
        for (YamlValue item : list.items()) {
          if (item instanceof YamlValue.Scalar scalar && !scalar.text().isBlank()) {
            rules.add(new ToolRule(scalar.text(), defaultPolicy(skill, scalar.text()), Map.of()));
          } else {
            problems.add(item.line(), "a tool in a list is a name, not " + item.kind());
          }
        }
      }
      case YamlValue.Mapping mapping ->
          mapping.entries().forEach((name, entry) -> rules.add(rule(name, entry)));
      case YamlValue.Scalar scalar ->
          problems.add(
              scalar.line(), "tools must be a list of names or a mapping, not " + scalar.kind());
    }
    if (rules.size() > MAX_TOOLS) {
      problems.add(value.line(), "at most %d tools".formatted(MAX_TOOLS));
    }
    return rules;
  }

  private ToolRule rule(String name, YamlValue.Mapping.Entry entry) {
    if (entry.value() instanceof YamlValue.Scalar scalar && scalar.json().isNull()) {
      return new ToolRule(name, defaultPolicy(skill, name), Map.of());
    }
    Optional<YamlValue.Mapping> mapping =
        problems.mapping(entry.value(), "the tool \"%s\"".formatted(name));
    if (mapping.isEmpty()) {
      return ToolRule.allow(name);
    }
    Fields fields = new Fields(problems, mapping.get(), " in the tool \"%s\"".formatted(name));
    fields.onlyKeys(List.of("policy", "arguments"));
    Map<String, JsonNode> arguments = new LinkedHashMap<>();
    fields
        .find("arguments")
        .flatMap(value -> problems.mapping(value, "arguments"))
        .ifPresent(
            bounds ->
                bounds
                    .entries()
                    .forEach(
                        (property, bound) ->
                            AgentYaml.bound(problems, bound, property)
                                .ifPresent(schema -> arguments.put(property, schema))));
    return new ToolRule(name, policy(fields, name), arguments);
  }

  private ToolRule.Policy policy(Fields fields, String name) {
    String policy = fields.text("policy").orElse("");
    return switch (policy) {
      case "" -> defaultPolicy(skill, name);
      case "always_allow" -> ToolRule.Policy.ALWAYS_ALLOW;
      case "always_ask" -> ToolRule.Policy.ALWAYS_ASK;
      case "auto" -> ToolRule.Policy.AUTO;
      default -> {
        problems.add(
            fields.line("policy"),
            "policy is always_allow, always_ask or auto, not \"%s\""
                .formatted(Excerpt.of(policy, 60)));
        yield ToolRule.Policy.ALWAYS_ASK;
      }
    };
  }

  /**
   * Where a skill says which tools it has approved, the others ask. An approval of some calls only,
   * such as {@code Bash(git:*)}, approves none: a shell line cannot be judged by its beginning.
   */
  private static ToolRule.Policy defaultPolicy(SkillFile skill, String name) {
    boolean approved =
        skill
            .allowedTools()
            .map(names -> names.stream().anyMatch(entry -> lower(entry).equals(lower(name))))
            .orElse(true);
    return approved ? ToolRule.Policy.ALWAYS_ALLOW : ToolRule.Policy.ALWAYS_ASK;
  }

  /** {@code bash} of {@code Bash(git:*)}. */
  private static String baseName(String entry) {
    int bracket = entry.indexOf('(');
    return lower(bracket < 0 ? entry : entry.substring(0, bracket));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
