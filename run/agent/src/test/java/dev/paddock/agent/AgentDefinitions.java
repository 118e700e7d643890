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

  private static AgentDefinition of(Optional<List<ToolRule>> tools, Budget budget) {
    return new AgentDefinition(
        "tester",
        "Tests.",
        "Do what is asked.",
        Optional.empty(),
        Optional.empty(),
        tools,
        List.of(),
        Optional.empty(),
        EnvironmentRule.NONE,
        budget);
  }
}
