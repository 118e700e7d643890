package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.HostRule;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.ServerException;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a session's sandbox may reach: the hosts of its environment's networking, those of its
 * agents' MCP servers and the operator's package registries where it allows them.
 */
record NetworkPlan(SessionStore store, List<String> packageHosts) {
  private static final String NETWORKING = "networking";
  private static final int BATCH = 500;
  private static final Set<SessionStatus> LIVING =
      Set.of(SessionStatus.IDLE, SessionStatus.RUNNING, SessionStatus.RESCHEDULING);

  /** Puts an environment's networking into a session's document, which has its agents already. */
  void put(ObjectNode document, JsonNode networking) {
    document.set(NETWORKING, networking);
    refresh(document);
  }

  /** After the document's agents have changed. */
  void refresh(ObjectNode document) {
    document
        .withObjectProperty("agent")
        .set("environment", Json.tree(rule(document.path(NETWORKING), document)));
  }

  private EnvironmentRule rule(JsonNode networking, ObjectNode document) {
    if (networking.path("type").asText().equals("unrestricted")) {
      return EnvironmentRule.of(List.of(HostRule.ANY));
    }
    Set<String> hosts = new LinkedHashSet<>();
    networking.path("allowed_hosts").forEach(host -> hosts.add(host.asText()));
    if (networking.path("allow_package_managers").booleanValue()) {
      hosts.addAll(packageHosts);
    }
    if (networking.path("allow_mcp_servers").booleanValue()) {
      servers(document.path(SessionDoc.WIRE), hosts);
      document
          .path("roster")
          .forEach(agent -> servers(agent.path("session").path(SessionDoc.WIRE), hosts));
    }
    return new EnvironmentRule(
        hosts.stream().map(HostRule::of).toList(),
        networking.path(EnvironmentWire.ASK).booleanValue(),
        EnvironmentRule.Limits.NONE);
  }

  private static void servers(JsonNode wire, Set<String> hosts) {
    for (JsonNode server : wire.path("agent").path("mcp_servers")) {
      URI url = URI.create(server.path("url").asText());
      int usual = "http".equalsIgnoreCase(url.getScheme()) ? 80 : 443;
      hosts.add(url.getHost() + ":" + (url.getPort() < 0 ? usual : url.getPort()));
    }
  }

  /** Says what of an environment's networking opens nothing here. */
  List<SessionEvent> notices(JsonNode networking) {
    if (!networking.path("allow_package_managers").booleanValue() || !packageHosts.isEmpty()) {
      return List.of();
    }
    return List.of(
        new SessionEvent.Notice(
            EventId.next(),
            "package_hosts_unknown",
            "allow_package_managers opens no host, because this server names none; set"
                + " network.package_hosts in its config.toml, or name the hosts in allowed_hosts",
            Optional.empty()));
  }

  /** Has the sessions of an environment follow its networking, also while they run. */
  void follow(Caller caller, String environment, JsonNode networking) {
    SessionFilter filter =
        SessionFilter.newest(BATCH)
            .withWorkspace(caller.workspace())
            .withMatching(SessionDoc.MADE_BY, SessionDoc.API)
            .withMatching(SessionDoc.ENVIRONMENT_ID, environment)
            .withStatuses(LIVING)
            .withAbsent(SessionDoc.ARCHIVED)
            .withOrder(Order.ASCENDING);
    List<SessionRecord> page;
    do {
      page = store.sessions().list(filter);
      for (SessionRecord session : page) {
        follow(caller, session, networking);
        filter = filter.withAfter(session.id());
      }
    } while (page.size() == BATCH);
  }

  private void follow(Caller caller, SessionRecord session, JsonNode networking) {
    try {
      store.update(
          caller,
          session.id(),
          document -> {
            put(document, networking);
            return Json.object();
          });
    } catch (ServerException e) {
      if (e.code() != ErrorCode.NOT_FOUND) { // deleted meanwhile
        throw e;
      }
    }
  }
}
