package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.SessionDocument;
import dev.paddock.agent.ToolRule;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Tool;
import dev.paddock.egress.EgressClient;
import dev.paddock.web.FetchSettings;
import dev.paddock.web.WebFetchTool;
import dev.paddock.web.WebSearchTool;
import dev.paddock.web.WebUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** A session's tools that reach the web from outside its box. */
final class WebTools {
  private static final Set<String> NAMES = Set.of(WebFetchTool.NAME, WebSearchTool.NAME);

  private final Sessions sessions;
  private final SessionId session;

  private WebTools(Sessions sessions, SessionId session) {
    this.sessions = sessions;
    this.session = session;
  }

  /**
   * @param out the way out of the session's box
   */
  static List<Tool> of(Node node, SessionId session, Supplier<EgressClient> out) {
    WebTools tools = new WebTools(node.store().sessions(), session);
    List<Tool> all = new ArrayList<>();
    all.add(
        new WebFetchTool(
            out, () -> FetchSettings.read(tools.settings(WebFetchTool.NAME)), tools::shown));
    node.search()
        .settings()
        .ifPresent(
            search ->
                all.add(
                    new WebSearchTool(
                        search, node.search()::client, () -> tools.settings(WebSearchTool.NAME))));
    return all;
  }

  /** An agent that names no tools gets these if its environment lets it out at all. */
  static boolean offered(String tool, AgentDefinition agent) {
    return !NAMES.contains(tool) || agent.tools().isPresent() || agent.environment().network();
  }

  /** Tells, once a session, that it asks for a search by name and there is none. */
  static void tellMissing(Node node, SessionId session, AgentDefinition agent) {
    boolean named = agent.rule(WebSearchTool.NAME).flatMap(ToolRule::settings).isPresent();
    if (named) {
      node.search()
          .missing()
          .ifPresent(why -> new WebTools(node.store().sessions(), session).tell(why));
    }
  }

  private void tell(String why) {
    boolean told =
        sessions.read(session, LogQuery.ALL.withTypes(Set.of("session.error"))).stream()
            .map(entry -> ((SessionEvent.SessionError) entry.event()).error())
            .anyMatch(error -> error.path("message").asText().equals(why));
    if (!told) {
      ObjectNode error = Json.object().put("type", "unknown_error").put("message", why);
      // Whoever configures it needs not start the session anew.
      error.putObject("retry_status").put("type", "retrying");
      sessions.append(
          session,
          Append.acknowledged(NewEvent.of(new SessionEvent.SessionError(EventId.next(), error))));
    }
  }

  /** As the session's document says now. */
  private JsonNode settings(String tool) {
    return sessions
        .find(session)
        .map(record -> SessionDocument.read(record.document()).definition())
        .flatMap(agent -> agent.rule(tool))
        .flatMap(ToolRule::settings)
        .orElseGet(Json::object);
  }

  private boolean shown(WebUrl url) {
    JsonNode sources = settings(WebFetchTool.NAME).path("url_sources");
    return !sources.isObject()
        || new UrlSources(sources).in(sessions.read(session, UrlSources.QUERY)).contains(url);
  }
}
