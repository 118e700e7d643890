package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.Models;
import dev.paddock.server.spi.Caller;
import java.util.List;
import java.util.Optional;

/** Reads what clients send of an agent into what answers show. */
record AgentWire(AgentStore agents, SkillWire skills, Models models) {
  static final int MAX_SYSTEM = 100_000;
  private static final int MAX_NAME = 256;
  private static final int MAX_DESCRIPTION = 2048;
  static final String[] KEYS = {
    "model",
    "name",
    "description",
    "execution_identity",
    "mcp_servers",
    "metadata",
    "multiagent",
    "skills",
    "system",
    "tools"
  };

  ObjectNode create(Fields fields, Caller caller, String id, String now) {
    ObjectNode agent = Json.object().put("id", id).put("type", "agent").put("version", 1);
    agent.put("name", fields.requiredText("name", MAX_NAME));
    agent.set("model", ModelWire.read(fields, models, Optional.empty()));
    description(fields, agent);
    agent.put("system", fields.text("system", MAX_SYSTEM).orElse(null));
    identity(fields, agent);
    agent.set("tools", ToolWire.read(fields));
    agent.set("mcp_servers", McpServerWire.read(fields));
    McpServerWire.requireUse(fields, agent);
    agent.set("skills", skills.read(fields, caller));
    agent.set(
        "multiagent",
        new RosterWire(agents)
            .read(fields, caller, AgentStore.reference(id, 1), Json.mapper().nullNode()));
    agent.set("metadata", Metadata.of(fields));
    return agent.put("created_at", now).put("updated_at", now).putNull("archived_at");
  }

  /** The agent with what was sent; the version and the times are not touched. */
  ObjectNode update(Fields fields, Caller caller, ObjectNode stored) {
    ObjectNode agent = stored.deepCopy();
    if (fields.sent("name")) {
      agent.put("name", fields.requiredText("name", MAX_NAME));
    }
    if (fields.sent("description")) {
      description(fields, agent);
    }
    if (fields.sent("execution_identity")) {
      identity(fields, agent);
    }
    overrides(fields, caller, agent);
    if (fields.sent("multiagent")) {
      ObjectNode self =
          AgentStore.reference(agent.path("id").asText(), agent.path("version").asLong() + 1);
      agent.set(
          "multiagent",
          new RosterWire(agents).read(fields, caller, self, stored.path("multiagent")));
    }
    Metadata.patch(fields, stored.path("metadata")).ifPresent(bag -> agent.set("metadata", bag));
    return agent;
  }

  /** What a session may have otherwise than its agent. */
  void overrides(Fields fields, Caller caller, ObjectNode agent) {
    if (fields.sent("model")) {
      agent.set("model", ModelWire.read(fields, models, Optional.of(agent.path("model"))));
    }
    if (fields.sent("system")) {
      agent.put(
          "system", fields.text("system", MAX_SYSTEM).filter(text -> !text.isEmpty()).orElse(null));
    }
    tools(fields, agent);
    if (fields.sent("skills")) {
      agent.set("skills", skills.read(fields, caller));
    }
  }

  /** Tools and MCP servers, which a session may change while it runs. */
  static void tools(Fields fields, ObjectNode agent) {
    if (fields.sent("tools")) {
      agent.set("tools", ToolWire.read(fields));
    }
    if (fields.sent("mcp_servers")) {
      agent.set("mcp_servers", McpServerWire.read(fields));
    }
    if (fields.sent("tools") || fields.sent("mcp_servers")) {
      McpServerWire.requireUse(fields, agent);
    }
  }

  private static void description(Fields fields, ObjectNode agent) {
    agent.put(
        "description",
        fields.text("description", MAX_DESCRIPTION).filter(text -> !text.isEmpty()).orElse(null));
  }

  private static void identity(Fields fields, ObjectNode agent) {
    fields
        .object("execution_identity", "type", "role_arn")
        .ifPresent(
            identity -> {
              if (identity.requiredWord("type", "service_account", "aws_role").equals("aws_role")) {
                throw identity.invalid("type", "AWS roles are not offered here");
              }
              identity.only("type");
            });
    agent.set("execution_identity", Json.object().put("type", "service_account"));
  }

  /** The agent as a session or a thread shows it. */
  static ObjectNode snapshot(JsonNode agent) {
    ObjectNode wire = agent.deepCopy();
    return wire.without(List.of("archived_at", "created_at", "updated_at", "metadata"));
  }

  /** A snapshot without its roster, which threads do not repeat. */
  static ObjectNode threadSnapshot(JsonNode agent) {
    return snapshot(agent).without("multiagent");
  }
}
