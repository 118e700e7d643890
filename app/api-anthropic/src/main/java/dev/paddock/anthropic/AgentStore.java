package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import java.util.Optional;

/** Agents and their versions, which never change. */
record AgentStore(Records records) {
  static final String AGENT = "agent";
  static final String VERSION = "agent_version";

  /** An agent as it is, or as it was at a version; whether it is archived is always of now. */
  Optional<ObjectNode> find(Caller caller, String id, Optional<Long> version) {
    if (!Ids.plausible(id)) {
      return Optional.empty();
    }
    Optional<ObjectNode> agent = records.find(caller, AGENT, id).map(Resource::document);
    if (agent.isEmpty() || version.isEmpty()) {
      return agent;
    }
    return records
        .find(caller, VERSION, versionId(id, version.get()))
        .map(found -> asOfNow(found.document(), agent.get()));
  }

  static ObjectNode asOfNow(ObjectNode version, ObjectNode agent) {
    ObjectNode wire = version.deepCopy();
    wire.set("archived_at", agent.path("archived_at"));
    return wire;
  }

  static String versionId(String id, long version) {
    return Records.within(id, Long.toString(version));
  }

  static ObjectNode reference(ObjectNode agent) {
    return reference(agent.path("id").asText(), agent.path("version").asLong());
  }

  static ObjectNode reference(String id, long version) {
    return Json.object().put("type", "agent").put("id", id).put("version", version);
  }
}
