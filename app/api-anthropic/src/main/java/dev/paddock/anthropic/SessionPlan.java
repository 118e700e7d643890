package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.Budget;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Caller;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the node is told of a session: its agent, its roster, and what its sandbox holds.
 *
 * @param vaults what they put into its sandbox
 */
record SessionPlan(
    SkillWire skills, Caller caller, ResourceWire resources, VaultVariables.Given vaults) {

  /**
   * The document's keys for the node.
   *
   * @param roster the agents in full that this one may give work to
   */
  ObjectNode document(JsonNode agent, List<ObjectNode> roster, Optional<JsonNode> budget) {
    return keys(agent, budget, delegates(roster));
  }

  private ObjectNode keys(
      JsonNode agent, Optional<JsonNode> budget, List<SessionDocument.Delegate> delegates) {
    ToolPlan tools = ToolPlan.of(agent.path("tools"), !delegates.isEmpty());
    return new SessionDocument(
            definition(agent, tools, budget).toDocument(),
            tools.clientTools(),
            skills.files(agent, caller),
            resources.files,
            resources.memory,
            resources.repositories,
            vaults.variables(),
            delegates,
            Optional.empty(),
            vaults.secrets())
        .into(Json.object());
  }

  private List<SessionDocument.Delegate> delegates(List<ObjectNode> roster) {
    List<SessionDocument.Delegate> delegates = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ObjectNode agent : roster) {
      String name = agent.path("name").asText();
      String unique = name;
      for (int i = 2; !names.add(unique); i++) {
        unique = name + " " + i;
      }
      ObjectNode thread = keys(agent, Optional.empty(), List.of());
      SessionDoc.wire(thread).set("agent", AgentWire.threadSnapshot(agent));
      delegates.add(
          new SessionDocument.Delegate(unique, agent.path("description").asText(""), thread));
    }
    return delegates;
  }

  private AgentDefinition definition(JsonNode agent, ToolPlan tools, Optional<JsonNode> budget) {
    return new AgentDefinition(
        agent.path("name").asText(),
        agent.path("description").asText(""),
        agent.path("system").asText(""),
        Optional.of(agent.path("model").path("id").asText()),
        ModelWire.effort(agent.path("model")),
        Optional.of(tools.rules()),
        List.of(),
        Optional.empty(),
        EnvironmentRule.NONE,
        budget.map(SessionPlan::budget).orElse(Budget.NONE));
  }

  static Budget budget(JsonNode limit) {
    return new Budget(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(BudgetWire.usd(limit).doubleValue()));
  }

  /** Puts other tools into a session's document. */
  static void setTools(ObjectNode document, JsonNode agent) {
    ToolPlan tools = ToolPlan.of(agent.path("tools"), !document.path("roster").isEmpty());
    document.withObjectProperty("agent").set("tools", Json.tree(tools.rules()));
    document.set("client_tools", Json.tree(tools.clientTools()));
  }

  static void setBudget(ObjectNode document, Optional<? extends JsonNode> limit) {
    Budget budget = limit.map(SessionPlan::budget).orElse(Budget.NONE);
    document.withObjectProperty("agent").set("budget", Json.tree(budget));
  }
}
