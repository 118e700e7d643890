package dev.paddock.agent;

import java.util.List;
import java.util.Optional;

/** Agents for tests. */
final class AgentDefinitions {
  private AgentDefinitions() {}

  static AgentDefinition withTools(ToolRule... tools) {
    return of(Optional.of(List.of(tools)), Budget.NONE);
  }

  static AgentDefinition withBudget(Budget budget) {
    return of(Optional.empty(), budget);
  }

  static AgentDefinition withFallback(String model, Fallback fallback) {
    return of(Optional.of(model), Optional.empty(), Budget.NONE, fallback, Guardrail.Rules.NONE);
  }

  static AgentDefinition withGuardrails(Guardrail.Rules guardrails) {
    return of(Optional.empty(), Optional.empty(), Budget.NONE, Fallback.NONE, guardrails);
  }

  private static AgentDefinition of(Optional<List<ToolRule>> tools, Budget budget) {
    return of(Optional.empty(), tools, budget, Fallback.NONE, Guardrail.Rules.NONE);
  }

  private static AgentDefinition of(
      Optional<String> model,
      Optional<List<ToolRule>> tools,
      Budget budget,
      Fallback fallback,
      Guardrail.Rules guardrails) {
    return new AgentDefinition(
        "tester",
        "Tests.",
        "Do what is asked.",
        model,
        Optional.empty(),
        tools,
        List.of(),
        Optional.empty(),
        EnvironmentRule.NONE,
        budget,
        Optional.empty(),
        fallback,
        Optional.empty(),
        guardrails);
  }
}
