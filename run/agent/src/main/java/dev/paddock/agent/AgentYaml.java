package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.provider.spi.Effort;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code agent.yaml}: what the open skill format has no key for. */
final class AgentYaml {
  private static final List<String> KEYS =
      List.of(
          "model",
          "effort",
          "tools",
          "steps",
          "output",
          "environment",
          "budget",
          "judge",
          "fallback",
          "compact_at",
          "guardrails",
          "manifest");

  private final Problems problems;
  private final SkillFile skill;
  private final Fields top;

  private AgentYaml(Problems problems, SkillFile skill, YamlValue.Mapping keys) {
    this.problems = problems;
    this.skill = skill;
    this.top = new Fields(problems, keys, "");
  }

  /**
   * @param schema reads the schema at a path of the folder, or throws
   */
  static AgentDefinition read(
      String file, String text, SkillFile skill, Function<String, ObjectNode> schema) {
    Problems problems = new Problems(file);
    Optional<YamlValue.Mapping> keys = problems.mapping(YamlReader.read(file, 1, text), "the file");
    problems.throwIfAny();
    AgentDefinition agent = new AgentYaml(problems, skill, keys.orElseThrow()).definition(schema);
    problems.throwIfAny();
    return agent;
  }

  /** The value of {@code manifest}, which is not the agent's own but its workspace's. */
  static Optional<YamlValue> manifest(String file, String text) {
    Problems problems = new Problems(file);
    Optional<YamlValue> manifest =
        problems
            .mapping(YamlReader.read(file, 1, text), "the file")
            .flatMap(keys -> new Fields(problems, keys, "").find("manifest"));
    manifest
        .filter(YamlValue.Sequence.class::isInstance)
        .ifPresent(
            list ->
                problems.add(list.line(), "manifest is a mapping, or the name of a file with one"));
    problems.throwIfAny();
    return manifest;
  }

  private AgentDefinition definition(Function<String, ObjectNode> schema) {
    top.onlyKeys(KEYS);
    Optional<List<ToolRule>> tools =
        top.find("tools")
            .map(value -> new ToolRules(problems, skill).read(value))
            .or(() -> ToolRules.approved(skill));
    ModelRules models = new ModelRules(problems, top, schema);
    return new AgentDefinition(
        skill.name(),
        skill.description(),
        skill.body(),
        top.text("model"),
        top.text("effort").flatMap(this::effort),
        tools,
        top.find("steps")
            .map(value -> new StepRules(problems, tools).read(value))
            .orElse(List.of()),
        top.text("output").flatMap(path -> output(path, schema)),
        top.mapping("environment")
            .map(new EnvironmentYaml(problems)::read)
            .orElse(EnvironmentRule.NONE),
        top.mapping("budget").map(AgentYaml::budget).orElse(Budget.NONE),
        top.text("judge"),
        models.fallback(),
        top.fraction("compact_at"),
        models.guardrails());
  }

  private Optional<Effort> effort(String text) {
    for (Effort effort : Effort.values()) {
      if (effort.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(effort);
      }
    }
    problems.add(
        top.line("effort"),
        "effort is none, low, medium, high or max, not \"%s\"".formatted(Excerpt.of(text, 60)));
    return Optional.empty();
  }

  private Optional<ObjectNode> output(String path, Function<String, ObjectNode> schema) {
    try {
      return Optional.of(schema.apply(path));
    } catch (AgentException e) {
      problems.add(top.line("output"), "output: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Budget budget(Fields fields) {
    fields.onlyKeys(List.of("turns", "tokens", "seconds", "usd"));
    return new Budget(
        fields.count("turns").map(Double::intValue),
        fields.count("tokens").map(Double::longValue),
        fields.count("seconds").map(Double::longValue),
        fields.positive("usd"));
  }

  /** The bound of one argument, if it is one. */
  static Optional<JsonNode> bound(Problems problems, YamlValue.Mapping.Entry entry, String name) {
    JsonNode bound = entry.value().json();
    Optional<String> violation =
        bound.isObject() || bound.isBoolean()
            ? Schemas.notASchema(bound)
            : Optional.of("write a schema such as {const: value}, {enum: [a, b]} or {maximum: 10}");
    violation.ifPresent(
        what -> problems.add(entry.line(), "the argument \"%s\": %s".formatted(name, what)));
    return violation.isPresent() ? Optional.empty() : Optional.of(bound);
  }
}
