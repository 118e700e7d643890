package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Makes a session of what a client sent: everything it names is looked up before anything is. */
record SessionCreation(
    Platform platform,
    Records records,
    AgentStore agents,
    AgentWire wire,
    SessionStore store,
    NetworkPlan network) {
  static final String TOKEN = "repository_token";
  private static final int MAX_INITIAL_EVENTS = 50;
  private static final int MAX_VAULTS = 20;
  private static final int MAX_TITLE = 512;

  SessionRecord create(Fields fields, Caller caller) {
    ObjectNode agent = agent(fields, caller);
    ObjectNode environment = environment(fields, caller);
    List<ObjectNode> roster = roster(agent, caller);
    Optional<ObjectNode> budget = BudgetWire.read(fields);
    budget.ifPresent(ignored -> requirePrices(agent, roster));
    List<String> vaults = new ArrayList<>();
    VaultVariables.Given given = new VaultVariables(records, caller).of(vaults(fields, vaults));
    ResourceWire resources = new ResourceWire(records, platform, caller);
    resources.read(fields);
    JsonNode networking = environment.path("config").path("networking");
    List<SessionEvent> events = new ArrayList<>(McpNotice.of(agent));
    events.addAll(network.notices(networking));
    events.addAll(initialEvents(fields, caller));
    SessionPlan plan = new SessionPlan(wire.skills(), caller, resources, given);
    ObjectNode document = plan.document(agent, roster, budget.map(limit -> limit));
    describe(document, fields, agent, roster, vaults, resources, budget);
    new FilesFrom(platform, caller).into(document, Metadata.of(fields));
    document.withObjectProperty(SessionDoc.WIRE).set("environment_id", environment.path("id"));
    document.withObjectProperty(SessionDoc.FILTER).set("environment_id", environment.path("id"));
    network.put(document, networking);
    JsonNode manifest = environment.path("config").path(EnvironmentWire.MANIFEST);
    if (manifest.isObject()) {
      document.set(EnvironmentWire.MANIFEST, manifest);
    }
    return save(caller, document, events, resources.tokens);
  }

  private void describe(
      ObjectNode document,
      Fields fields,
      ObjectNode agent,
      List<ObjectNode> roster,
      List<String> vaults,
      ResourceWire resources,
      Optional<ObjectNode> budget) {
    ObjectNode shown = AgentWire.snapshot(agent);
    shown.set(
        "multiagent",
        RosterWire.resolved(
            agent.path("multiagent"),
            reference ->
                AgentWire.threadSnapshot(
                    roster.get(RosterWire.entries(agent.path("multiagent")).indexOf(reference)))));
    ObjectNode own = SessionDoc.wire(document);
    own.set("agent", shown);
    own.put("title", fields.text("title", MAX_TITLE).orElse(null));
    own.set("metadata", Metadata.of(fields));
    own.set("resources", resources.wire);
    ArrayNode ids = own.putArray("vault_ids");
    vaults.forEach(ids::add);
    own.set("budget", budget.orElse(null));
    own.putNull("archived_at");
    ObjectNode filter = document.putObject(SessionDoc.FILTER);
    filter.put("api", SessionDoc.API);
    filter.put("agent_id", agent.path("id").asText());
    filter.put("agent_version", agent.path("version").asText());
    ObjectNode memory = filter.putObject("memory");
    resources.memory.forEach(mount -> memory.put(mount.storeId(), "attached"));
  }

  private SessionRecord save(
      Caller caller,
      ObjectNode document,
      List<SessionEvent> events,
      List<ResourceWire.Token> tokens) {
    List<Change> changes = new ArrayList<>();
    for (ResourceWire.Token token : tokens) {
      changes.add(
          Records.create(
              caller, TOKEN, Json.object().put("sealed", token.sealed()), token.resourceId()));
    }
    if (!changes.isEmpty()) {
      records.apply(changes);
    }
    SessionRecord session =
        store
            .sessions()
            .create(
                new NewSession(
                    SessionId.next(),
                    caller.workspace(),
                    document,
                    events.stream()
                        .map(event -> NewEvent.from(caller.principal(), event))
                        .toList()));
    if (!events.isEmpty()) {
      store.wake(session.id());
    }
    return session;
  }

  private ObjectNode agent(Fields fields, Caller caller) {
    if (fields.json().path("agent").isTextual()) {
      return find(fields, "agent", fields.requiredText("agent", 128), Optional.empty(), caller);
    }
    Fields agent = fields.requiredObject("agent");
    boolean overrides =
        agent.requiredWord("type", "agent", "agent_with_overrides").equals("agent_with_overrides");
    if (overrides) {
      agent.only("type", "id", "version", "mcp_servers", "model", "skills", "system", "tools");
    } else {
      agent.only("type", "id", "version");
    }
    ObjectNode found =
        find(
                agent,
                "id",
                agent.requiredText("id", 128),
                agent.integer("version", 1, Integer.MAX_VALUE),
                caller)
            .deepCopy();
    if (overrides) {
      wire.overrides(agent, caller, found);
    }
    return found;
  }

  private ObjectNode find(
      Fields fields, String key, String id, Optional<Long> version, Caller caller) {
    ObjectNode agent =
        agents
            .find(caller, id, version)
            .orElseThrow(
                () ->
                    ServerException.notFound(
                        "%s: there is no agent \"%s\"%s"
                            .formatted(
                                fields.name(key),
                                Texts.shortened(id),
                                version.map(v -> " of version " + v).orElse(""))));
    if (Archived.is(agent)) {
      throw fields.invalid(key, "the agent is archived; sessions cannot be made of it any more");
    }
    platform.models().resolve(agent.path("model").path("id").asText());
    return agent;
  }

  private ObjectNode environment(Fields fields, Caller caller) {
    String id = fields.requiredText("environment_id", 128);
    ObjectNode environment =
        records
            .find(caller, EnvironmentsResource.KIND, id)
            .map(Resource::document)
            .orElseThrow(
                () ->
                    ServerException.notFound(
                            "environment_id: there is no environment \"%s\""
                                .formatted(Texts.shortened(id)))
                        .withDetailCode("environment_not_found"));
    if (Archived.is(environment)) {
      throw fields.invalid("environment_id", "the environment is archived");
    }
    if (environment.path("config").path("type").asText().equals(EnvironmentWire.SELF_HOSTED)) {
      throw fields.invalid(
          "environment_id",
          "sessions in self_hosted environments are not offered yet; use one of type cloud");
    }
    return environment;
  }

  private List<ObjectNode> roster(JsonNode agent, Caller caller) {
    List<ObjectNode> roster = new ArrayList<>();
    for (JsonNode reference : RosterWire.entries(agent.path("multiagent"))) {
      String id = reference.path("id").asText();
      roster.add(
          agents
              .find(caller, id, Optional.of(reference.path("version").asLong()))
              .orElseThrow(
                  () ->
                      new ServerException(
                          ErrorCode.INVALID_REQUEST,
                          "agent: its roster names %s, which is gone".formatted(id))));
    }
    return roster;
  }

  private void requirePrices(ObjectNode agent, List<ObjectNode> roster) {
    List<ObjectNode> all = new ArrayList<>(roster);
    all.add(agent);
    BudgetWire.requirePrices(all, platform.models(), platform.prices());
  }

  private static List<Fields.Item> vaults(Fields fields, List<String> ids) {
    List<Fields.Item> items = fields.list("vault_ids", MAX_VAULTS);
    LinkedHashSet<String> distinct = new LinkedHashSet<>();
    for (Fields.Item item : items) {
      if (!distinct.add(item.text(128))) {
        throw ServerException.invalid(item.path(), "stands here twice");
      }
    }
    ids.addAll(distinct);
    return items;
  }

  private List<SessionEvent> initialEvents(Fields fields, Caller caller) {
    List<SessionEvent> events = new ArrayList<>();
    EventReader reader = new EventReader(records, platform.blobs(), caller);
    for (Fields event : fields.objects("initial_events", MAX_INITIAL_EVENTS)) {
      event.requiredWord("type", "user.message", "user.define_outcome");
      events.add(reader.read(event));
    }
    return events;
  }
}
