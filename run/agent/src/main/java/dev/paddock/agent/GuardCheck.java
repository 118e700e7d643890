package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at one text with an agent's guardrails, in order. What cannot be looked at, because a
 * pattern takes too long or a judge gives no answer, counts as found.
 */
final class GuardCheck {
  private static final int MAX_JUDGED_CHARS = 60_000;
  private static final String RULES =
      """
      You check one text for one thing and answer whether it is there. Answer "found": true also \
      when you cannot be sure that it is not. Where you find it, "rewritten" is the text without \
      it, otherwise as it was. The question:
      """;
  private static final ObjectNode ANSWER =
      (ObjectNode)
          Json.tree(
              """
              {"type": "object",
               "properties": {
                 "found": {"type": "boolean"},
                 "reason": {"type": "string"},
                 "rewritten": {"type": "string"}},
               "required": ["found", "reason", "rewritten"],
               "additionalProperties": false}""");

  private final RunContext context;

  GuardCheck(RunContext context) {
    this.context = context;
  }

  /**
   * Something that was found.
   *
   * @param text what goes on instead, where the action is to rewrite
   */
  record Finding(
      Guardrail rule,
      Guardrail.Action action,
      String reason,
      Optional<String> text,
      Optional<Question.Answer> answer) {}

  /**
   * What came of a text.
   *
   * @param text what goes on
   * @param findings in order; only the last one may block or pause
   */
  record Checked(String text, List<Finding> findings) {
    Optional<Finding> stopped() {
      return findings.isEmpty() || findings.getLast().action() == Guardrail.Action.REWRITE
          ? Optional.empty()
          : Optional.of(findings.getLast());
    }
  }

  Checked check(List<Guardrail> rules, String text) throws InterruptedException {
    String current = text;
    List<Finding> findings = new ArrayList<>();
    for (Guardrail rule : rules) {
      Optional<Finding> finding = find(rule, current);
      if (finding.isPresent()) {
        findings.add(finding.get());
        if (finding.get().action() != Guardrail.Action.REWRITE) {
          break;
        }
        current = finding.get().text().orElse(current);
      }
    }
    return new Checked(current, findings);
  }

  private Optional<Finding> find(Guardrail rule, String text) throws InterruptedException {
    try {
      return switch (rule.check()) {
        case Guardrail.Check.Schema check -> {
          List<String> violations = Schemas.violations(check.schema(), text);
          yield violations.isEmpty()
              ? Optional.empty()
              : Optional.of(found(rule, String.join("; ", violations), Optional.empty()));
        }
        case Guardrail.Check.Regex check -> {
          Matcher matcher = Pattern.compile(check.pattern()).matcher(new BoundedText(text));
          yield matcher.find()
              ? Optional.of(
                  found(
                      rule,
                      "it matches the pattern",
                      Optional.of(
                          matcher.replaceAll(
                              Matcher.quoteReplacement(check.replacement().orElse("[removed]"))))))
              : Optional.empty();
        }
        case Guardrail.Check.Secrets ignored ->
            SecretShapes.masked(text, context.parts().secrets().apply(context.session()))
                .map(masked -> found(rule, "it holds a secret", Optional.of(masked)));
        case Guardrail.Check.Judge check -> judge(rule, check, text);
      };
    } catch (PaddockException | StackOverflowError e) {
      return Optional.of(
          new Finding(
              rule,
              blocking(rule),
              "it could not be checked: " + e.getMessage(),
              Optional.empty(),
              Optional.empty()));
    }
  }

  private Optional<Finding> judge(Guardrail rule, Guardrail.Check.Judge check, String text)
      throws InterruptedException {
    ModelSource.Choice choice =
        context
            .parts()
            .models()
            .choose(check.model().or(context.definition()::judge).or(context::model));
    Question.Answer answer =
        new Question(
                RULES + check.question(),
                EventId.next().value(),
                Json.object().put("text", Excerpt.of(text, MAX_JUDGED_CHARS)),
                ANSWER)
            .ask(choice);
    if (answer.value().isEmpty()) {
      return Optional.of(
          new Finding(
              rule,
              blocking(rule),
              "the judge's answer could not be understood",
              Optional.empty(),
              Optional.of(answer)));
    }
    return answer
        .value()
        .filter(value -> value.path("found").asBoolean())
        .map(
            value ->
                new Finding(
                    rule,
                    rule.action(),
                    Excerpt.of(value.path("reason").asText(), 500),
                    Optional.of(value.path("rewritten").asText()),
                    Optional.of(answer)));
  }

  private static Finding found(Guardrail rule, String reason, Optional<String> rewritten) {
    return new Finding(rule, rule.action(), reason, rewritten, Optional.empty());
  }

  private static Guardrail.Action blocking(Guardrail rule) {
    return rule.action() == Guardrail.Action.PAUSE
        ? Guardrail.Action.PAUSE
        : Guardrail.Action.BLOCK;
  }
}
