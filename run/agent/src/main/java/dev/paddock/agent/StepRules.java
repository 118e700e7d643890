package dev.paddock.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code steps} of {@code agent.yaml}. */
final class StepRules {
  private static final int MAX_STEPS = 64;

  private final Problems problems;
  private final Optional<List<String>> known;

  /**
   * @param tools that the agent names; empty when every tool is open
   */
  StepRules(Problems problems, Optional<List<ToolRule>> tools) {
    this.problems = problems;
    this.known = tools.map(rules -> rules.stream().map(ToolRule::name).toList());
  }

  List<StepRule> read(YamlValue value) {
    List<StepRule> steps = new ArrayList<>();
    if (!(value instanceof YamlValue.Sequence list)) {
      problems.add(value.line(), "steps must be a list, not " + value.kind());
      return steps;
    }
    if (list.items().size() > MAX_STEPS) {
      problems.add(list.line(), "at most %d steps".formatted(MAX_STEPS));
      return steps;
    }
    for (int i = 1; i <= list.items().size(); i++) {
      int number = i;
      problems
          .mapping(list.items().get(i - 1), "a step")
          .ifPresent(item -> steps.add(step(item, number, number == list.items().size())));
    }
    return steps;
  }

  private StepRule step(YamlValue.Mapping mapping, int number, boolean last) {
    Fields fields = new Fields(problems, mapping, " in step %d".formatted(number));
    fields.onlyKeys(List.of("name", "tools", "until", "instructions"));
    List<YamlValue.Scalar> tools = fields.texts("tools");
    for (YamlValue.Scalar tool : tools) {
      if (known.isPresent() && !known.get().contains(tool.text())) {
        problems.add(
            tool.line(),
            "step %d opens the tool \"%s\", which tools does not name"
                .formatted(number, tool.text()));
      }
    }
    List<String> names = tools.stream().map(YamlValue.Scalar::text).toList();
    Optional<Fields> until = fields.mapping("until");
    until.ifPresent(end -> end.onlyKeys(List.of("called", "turns")));
    Optional<String> called = until.flatMap(end -> end.text("called"));
    Optional<Integer> turns = until.flatMap(end -> end.count("turns")).map(Double::intValue);
    if (called.isPresent() == turns.isPresent() && (until.isPresent() || !last)) {
      problems.add(
          fields.line("until"),
          "step %d needs one end: until: {called: TOOL} or until: {turns: N}; only the last step may have none"
              .formatted(number));
    }
    if (called.isPresent() && !names.contains(called.get())) {
      problems.add(
          fields.line("until"),
          "step %d waits for a call of \"%s\", which it does not open"
              .formatted(number, called.get()));
    }
    return new StepRule(
        fields.text("name").orElse("step " + number),
        names,
        called,
        turns,
        fields.text("instructions"));
  }
}
