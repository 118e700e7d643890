package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Caller;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * {@code multiagent} of an agent: whom it may give work to. Advisors, workflows and inline agents
 * are not offered; where the vendor's default is on, it is off here, and answers say so.
 */
record RosterWire(AgentStore agents) {
  private static final int MAX_AGENTS = 20;
  private static final String COORDINATOR = "coordinator";
  private static final String MULTIAGENT = "multiagent_20261001";

  /**
   * @param self the reference of the agent itself
   * @param stored what the agent had, which a newer configuration is merged into
   */
  JsonNode read(Fields fields, Caller caller, ObjectNode self, JsonNode stored) {
    Optional<Fields> sent = fields.object("multiagent");
    if (sent.isEmpty()) {
      return Json.mapper().nullNode();
    }
    Fields multiagent = sent.get();
    if (multiagent.requiredWord("type", COORDINATOR, MULTIAGENT).equals(COORDINATOR)) {
      multiagent.only("type", "agents");
      ObjectNode wire = Json.object().put("type", COORDINATOR);
      ArrayNode roster = references(multiagent, "agents", caller, self);
      if (roster.isEmpty()) {
        throw multiagent.invalid("agents", "must name 1 to %d agents".formatted(MAX_AGENTS));
      }
      wire.set("agents", roster);
      return wire;
    }
    multiagent.only("type", "advisor", "subagents", "workflows");
    off(multiagent, "advisor", "advisors");
    off(multiagent, "workflows", "workflow runs");
    ObjectNode wire = Json.object().put("type", MULTIAGENT);
    wire.set("advisor", disabled());
    wire.set("subagents", subagents(multiagent, caller, self, stored.path("subagents")));
    wire.set("workflows", disabled());
    return wire;
  }

  private JsonNode subagents(Fields multiagent, Caller caller, ObjectNode self, JsonNode stored) {
    Optional<Fields> sent =
        multiagent.object("subagents", "type", "inline_agents", "predefined_agents");
    if (sent.isEmpty()) {
      return stored.isObject() && !multiagent.cleared("subagents") ? stored : disabled();
    }
    Fields subagents = sent.get();
    if (subagents.requiredWord("type", "enabled", "disabled").equals("disabled")) {
      subagents.only("type");
      return disabled();
    }
    off(subagents, "inline_agents", "inline agents");
    boolean keep = !subagents.sent("predefined_agents");
    ArrayNode roster =
        keep && stored.path("predefined_agents") instanceof ArrayNode old
            ? old
            : references(subagents, "predefined_agents", caller, self);
    if (roster.isEmpty()) {
      throw subagents.invalid(
          "predefined_agents", "must name at least one agent, as inline agents are off");
    }
    ObjectNode wire = Json.object().put("type", "enabled");
    wire.set("inline_agents", disabled());
    wire.set("predefined_agents", roster);
    return wire;
  }

  private static ObjectNode disabled() {
    return Json.object().put("type", "disabled");
  }

  private static void off(Fields fields, String key, String feature) {
    Optional<Fields> sent = fields.object(key);
    if (sent.isPresent()
        && !sent.get().requiredWord("type", "enabled", "disabled").equals("disabled")) {
      throw fields.invalid(key, feature + " are not offered here");
    }
  }

  private ArrayNode references(Fields fields, String key, Caller caller, ObjectNode self) {
    ArrayNode roster = Json.mapper().createArrayNode();
    Set<String> seen = new HashSet<>();
    for (Fields.Item item : fields.list(key, MAX_AGENTS)) {
      ObjectNode reference = reference(item, caller, self);
      if (!seen.add(reference.path("id").asText())) {
        throw fields.invalid(
            key, "names the agent %s twice".formatted(reference.path("id").asText()));
      }
      roster.add(reference);
    }
    return roster;
  }

  private ObjectNode reference(Fields.Item item, Caller caller, ObjectNode self) {
    if (item.value().isTextual()) {
      return reference(
          Fields.of(Json.object().set("id", item.value()), item.path()), caller, Optional.empty());
    }
    Fields entry = item.object();
    return switch (entry.requiredWord("type", "agent", "self", "advisor")) {
      case "self" -> {
        entry.only("type");
        yield self.deepCopy();
      }
      case "advisor" -> throw entry.invalid("type", "advisors are not offered here");
      default -> {
        entry.only("type", "id", "version");
        yield reference(entry, caller, entry.integer("version", 1, Integer.MAX_VALUE));
      }
    };
  }

  private ObjectNode reference(Fields entry, Caller caller, Optional<Long> version) {
    ObjectNode agent =
        agents
            .find(caller, entry.requiredText("id", 128), version)
            .orElseThrow(() -> entry.invalid("id", "there is no such agent, or no such version"));
    if (Archived.is(agent)) {
      throw entry.invalid("id", "the agent is archived");
    }
    if (agent.path("multiagent").isObject()) {
      throw entry.invalid("id", "the agent has a roster of its own; only one level is possible");
    }
    return AgentStore.reference(agent);
  }

  /** The references in a roster, whichever form it has. */
  static List<JsonNode> entries(JsonNode multiagent) {
    JsonNode list =
        multiagent.path("type").asText().equals(COORDINATOR)
            ? multiagent.path("agents")
            : multiagent.path("subagents").path("predefined_agents");
    return list.valueStream().toList();
  }

  /** The same configuration with each reference replaced by what {@code agent} makes of it. */
  static JsonNode resolved(JsonNode multiagent, Function<JsonNode, ObjectNode> agent) {
    if (!multiagent.isObject()) {
      return multiagent;
    }
    ObjectNode wire = multiagent.deepCopy();
    boolean coordinator = wire.path("type").asText().equals(COORDINATOR);
    ObjectNode holder = coordinator ? wire : (ObjectNode) wire.path("subagents");
    String key = coordinator ? "agents" : "predefined_agents";
    ArrayNode agents = Json.mapper().createArrayNode();
    holder.path(key).forEach(reference -> agents.add(agent.apply(reference)));
    if (holder.has(key)) {
      holder.set(key, agents);
    }
    return wire;
  }
}
