package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Reads what {@code agent.yaml} says of further models: fallback and guardrails. */
final class ModelRules {
  private static final int MAX_MODELS = 8;
  private static final int MAX_GUARDRAILS = 32;

  private final Problems problems;
  private final Fields top;
  private final Function<String, ObjectNode> schemas;

  ModelRules(Problems problems, Fields top, Function<String, ObjectNode> schemas) {
    this.problems = problems;
    this.top = top;
    this.schemas = schemas;
  }

  Fallback fallback() {
    return top.find("fallback").map(this::fallback).orElse(Fallback.NONE);
  }

  Guardrail.Rules guardrails() {
    return top.mapping("guardrails").map(this::guardrails).orElse(Guardrail.Rules.NONE);
  }

  /** A list of models, or a mapping that also says when. */
  private Fallback fallback(YamlValue value) {
    boolean list = value instanceof YamlValue.Sequence;
    Optional<Fields> mapping = list ? Optional.empty() : top.mapping("fallback");
    mapping.ifPresent(fields -> fields.onlyKeys(List.of("models", "on")));
    List<String> models =
        (list ? top.texts("fallback") : mapping.map(m -> m.texts("models")).orElse(List.of()))
            .stream().map(YamlValue.Scalar::text).toList();
    if (models.isEmpty() || models.size() > MAX_MODELS) {
      problems.add(value.line(), "fallback names one to %d model references".formatted(MAX_MODELS));
    }
    List<Fallback.On> on = new ArrayList<>();
    for (YamlValue.Scalar name : mapping.map(m -> m.texts("on")).orElse(List.of())) {
      choice(Fallback.On.class, name.text())
          .ifPresentOrElse(on::add, () -> unknown(name, "on in fallback", Fallback.On.class));
    }
    return new Fallback(models, on.isEmpty() ? List.of(Fallback.On.EXHAUSTED) : on);
  }

  private Guardrail.Rules guardrails(Fields fields) {
    fields.onlyKeys(List.of("input", "output"));
    return new Guardrail.Rules(list(fields, "input"), list(fields, "output"));
  }

  private List<Guardrail> list(Fields fields, String stage) {
    List<Guardrail> rules = new ArrayList<>();
    for (Fields one : fields.mappings(stage, "a guardrail")) {
      guardrail(one, "%s %d".formatted(stage, rules.size() + 1)).ifPresent(rules::add);
    }
    if (rules.size() > MAX_GUARDRAILS) {
      problems.add(fields.line(stage), "at most %d guardrails".formatted(MAX_GUARDRAILS));
    }
    return rules;
  }

  private Optional<Guardrail> guardrail(Fields fields, String usualName) {
    fields.onlyKeys(
        List.of("name", "kind", "action", "schema", "pattern", "replacement", "question", "model"));
    Optional<Guardrail.Action> action =
        fields.text("action").flatMap(text -> choice(Guardrail.Action.class, text));
    if (action.isEmpty()) {
      problems.add(fields.line("action"), "action of a guardrail is block, pause or rewrite");
    }
    String kind = fields.text("kind").orElse("");
    Optional<Guardrail.Check> check =
        switch (kind) {
          case "schema" -> schema(fields, action);
          case "regex" -> regex(fields);
          case "secrets" -> Optional.of(new Guardrail.Check.Secrets());
          case "judge" -> judge(fields);
          default -> {
            problems.add(
                fields.line("kind"), "kind of a guardrail is schema, regex, secrets or judge");
            yield Optional.empty();
          }
        };
    if (action.isEmpty() || check.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Guardrail(fields.text("name").orElse(usualName), check.get(), action.get()));
  }

  private Optional<Guardrail.Check> schema(Fields fields, Optional<Guardrail.Action> action) {
    Optional<String> path = fields.text("schema");
    if (path.isEmpty() || action.equals(Optional.of(Guardrail.Action.REWRITE))) {
      problems.add(
          fields.line("schema"),
          "a guardrail of kind schema needs schema, a file of this folder, and cannot rewrite");
      return Optional.empty();
    }
    try {
      return Optional.of(new Guardrail.Check.Schema(schemas.apply(path.get())));
    } catch (AgentException e) {
      problems.add(fields.line("schema"), "schema: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Guardrail.Check> regex(Fields fields) {
    Optional<String> pattern = fields.text("pattern");
    try {
      Pattern _ = Pattern.compile(pattern.orElseThrow(() -> new PatternSyntaxException("", "", 0)));
    } catch (PatternSyntaxException e) {
      problems.add(
          fields.line("pattern"),
          "a guardrail of kind regex needs a valid pattern %s".formatted(e.getDescription()));
      return Optional.empty();
    }
    return Optional.of(new Guardrail.Check.Regex(pattern.get(), fields.text("replacement")));
  }

  private Optional<Guardrail.Check> judge(Fields fields) {
    Optional<String> question = fields.text("question");
    if (question.isEmpty()) {
      problems.add(
          fields.line("question"), "a guardrail of kind judge needs a question; yes is a finding");
    }
    return question.map(text -> new Guardrail.Check.Judge(text, fields.text("model")));
  }

  private static <E extends Enum<E>> Optional<E> choice(Class<E> type, String text) {
    try {
      return Optional.of(Json.convert(Json.mapper().getNodeFactory().textNode(text), type));
    } catch (CoreException notOne) {
      return Optional.empty();
    }
  }

  private <E extends Enum<E>> void unknown(YamlValue.Scalar name, String where, Class<E> type) {
    problems.add(
        name.line(),
        "%s: %s is none of %s"
            .formatted(
                where,
                name.kind(),
                String.join(
                    ", ",
                    Stream.of(type.getEnumConstants())
                        .map(one -> Json.tree(one).asText())
                        .toList())));
  }
}
