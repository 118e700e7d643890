package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code /v1/agents}: every change makes a new version, archiving is for good. */
final class AgentsResource {
  private final Records records;
  private final AgentStore agents;
  private final AgentWire wire;

  AgentsResource(Records records, AgentStore agents, AgentWire wire) {
    this.records = records;
    this.agents = agents;
    this.wire = wire;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/agents", this::create),
        Route.get("/v1/agents", this::list),
        Route.get("/v1/agents/{id}", this::retrieve),
        Route.post("/v1/agents/{id}", this::update),
        Route.post("/v1/agents/{id}/archive", this::archive),
        Route.get("/v1/agents/{id}/versions", this::versions));
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, AgentWire.KEYS);
    String id = Ids.next("agent");
    ObjectNode agent = wire.create(fields, request.caller(), id, records.now());
    records.apply(
        List.of(
            Records.create(request.caller(), AgentStore.AGENT, agent, id),
            Records.create(
                request.caller(), AgentStore.VERSION, agent, AgentStore.versionId(id, 1))));
    return Reply.ok(agent);
  }

  private Reply retrieve(Request request) {
    Optional<Long> version = new Query(request.head()).integer("version", 1, Integer.MAX_VALUE);
    String id = request.parameter("id");
    return Reply.ok(
        agents
            .find(request.caller(), id, version)
            .orElseThrow(
                () ->
                    version.isEmpty()
                        ? Records.unknown(AgentStore.AGENT, id)
                        : ServerException.notFound(
                            "there is no version %d of the agent \"%s\""
                                .formatted(version.get(), Texts.shortened(id)))));
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    ResourceFilter filter =
        Records.filter(request.caller(), AgentStore.AGENT).withCreated(query.times("created_at"));
    return records.list(request, Archived.unlessAsked(query, filter), Resource::document);
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, append(AgentWire.KEYS, "version"));
    Optional<Long> expected = fields.integer("version", 1, Integer.MAX_VALUE);
    return Reply.ok(Records.retrying(() -> update(request, fields, expected)));
  }

  private ObjectNode update(Request request, Fields fields, Optional<Long> expected) {
    Resource stored = records.get(request.caller(), AgentStore.AGENT, request.parameter("id"));
    requireActive(stored.document());
    long version = stored.document().path("version").asLong();
    if (expected.isPresent() && expected.get() != version) {
      throw new ServerException(
          ErrorCode.CONFLICT,
          "version: the agent is at version %d, not %d; read it again and decide anew"
              .formatted(version, expected.get()));
    }
    ObjectNode agent = wire.update(fields, request.caller(), stored.document());
    if (agent.equals(stored.document())) {
      return agent;
    }
    agent.put("version", version + 1).put("updated_at", records.now());
    records.apply(
        List.of(
            Records.update(stored, agent),
            Records.create(
                request.caller(),
                AgentStore.VERSION,
                agent,
                AgentStore.versionId(stored.id(), version + 1))));
    return agent;
  }

  private static void requireActive(ObjectNode agent) {
    if (Archived.is(agent)) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "the agent is archived and cannot be changed any more");
    }
  }

  private Reply archive(Request request) {
    return Reply.ok(records.archive(request.caller(), AgentStore.AGENT, request.parameter("id")));
  }

  private Reply versions(Request request) {
    Resource agent = records.get(request.caller(), AgentStore.AGENT, request.parameter("id"));
    return records.list(
        request,
        Records.within(request.caller(), AgentStore.VERSION, agent.id()),
        version -> AgentStore.asOfNow(version.document(), agent.document()));
  }

  private static String[] append(String[] keys, String key) {
    String[] all = Arrays.copyOf(keys, keys.length + 1);
    all[keys.length] = key;
    return all;
  }
}
