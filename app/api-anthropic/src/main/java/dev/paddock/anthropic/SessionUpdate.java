package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code POST /v1/sessions/{id}} changes; it holds from the next model turn on. */
record SessionUpdate(Platform platform, SessionStore store, NetworkPlan network, Fields fields) {
  private static final String BUDGET = "budget";
  private static final int MAX_TITLE = 512;

  /** Changes the document; returns what {@code session.updated} says. */
  ObjectNode apply(SessionRecord session, ObjectNode document) {
    ObjectNode own = SessionDoc.wire(document);
    ObjectNode changes = Json.object();
    if (fields.sent("title")) {
      own.put("title", fields.text("title", MAX_TITLE).orElse(null));
      changes.set("title", own.path("title"));
    }
    Metadata.patch(fields, own.path("metadata"))
        .ifPresent(
            bag -> {
              own.set("metadata", bag);
              changes.set("metadata", bag);
            });
    fields
        .object("agent", "tools", "mcp_servers")
        .ifPresent(agent -> agent(agent, document, own, changes));
    if (fields.sent(BUDGET)) {
      budget(session, document, own, changes);
    }
    return changes;
  }

  private void agent(Fields sent, ObjectNode document, ObjectNode own, ObjectNode changes) {
    ObjectNode agent = own.withObjectProperty("agent");
    AgentWire.tools(sent, agent);
    SessionPlan.setTools(document, agent);
    network.refresh(document);
    changes.set("agent", agent);
  }

  /** Servers that are new and cannot be reached. */
  List<SessionEvent> events(ObjectNode document) {
    boolean servers = fields.object("agent").filter(agent -> agent.has("mcp_servers")).isPresent();
    return servers ? McpNotice.of(SessionDoc.wire(document).path("agent")) : List.of();
  }

  private void budget(
      SessionRecord session, ObjectNode document, ObjectNode own, ObjectNode changes) {
    Optional<ObjectNode> limit = BudgetWire.read(fields);
    if (limit.isPresent()) {
      if (!own.path(BUDGET).isObject()) {
        throw ServerException.invalid(BUDGET, "cannot be given to a session that has none")
            .withDetailCode("budget_create_only");
      }
      BudgetWire.requirePrices(agents(own.path("agent")), platform.models(), platform.prices());
      BigDecimal spent = BigDecimal.valueOf(store.state(session).costUsd());
      if (BudgetWire.usd(limit.get()).compareTo(spent) <= 0) {
        throw ServerException.invalid(BUDGET, "is not above what the session has cost already")
            .withDetailCode("budget_not_raised");
      }
    }
    own.set(BUDGET, limit.orElse(null));
    SessionPlan.setBudget(document, limit);
    changes.set(BUDGET, own.path(BUDGET));
  }

  private static List<JsonNode> agents(JsonNode agent) {
    List<JsonNode> all = new ArrayList<>(RosterWire.entries(agent.path("multiagent")));
    all.add(agent);
    return all;
  }
}
