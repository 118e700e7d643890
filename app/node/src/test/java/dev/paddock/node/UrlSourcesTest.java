package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which URLs a conversation has shown. */
class UrlSourcesTest {
  @TempDir private Path folder;

  private static List<ContentBlock> text(String text) {
    return List.of(ContentBlock.text(text));
  }

  @Test
  void eachSourceCountsAsItIsConfigured() throws IOException {
    try (Node node = Node.open(Map.of("PADDOCK_HOME", folder.resolve("home").toString()))) {
      Sessions sessions = node.store().sessions();
      SessionId id = SessionId.next();
      ObjectNode document = TestingAgent.document(folder);
      document.withObjectProperty("agent").set("environment", Json.tree(EnvironmentRule.NONE));
      sessions.create(new NewSession(id, WorkspaceId.DEFAULT, document, List.of()));
      EventId search = EventId.next();
      EventId bash = EventId.next();
      sessions.append(
          id,
          Append.acknowledged(
              NewEvent.from(
                  Principal.localUser(),
                  new SessionEvent.UserMessage(
                      EventId.next(), text("see (https://user.test/a), and HTTP://no")))));
      for (Map.Entry<EventId, String> call :
          Map.of(search, "web_search", bash, "bash").entrySet()) {
        sessions.append(
            id,
            Append.acknowledged(
                NewEvent.of(
                    new SessionEvent.AgentToolUse(
                        call.getKey(),
                        call.getValue(),
                        Json.object(),
                        Permission.ALLOW,
                        Optional.empty()))));
        sessions.append(
            id,
            Append.acknowledged(
                NewEvent.of(
                    new SessionEvent.AgentToolResult(
                        EventId.next(),
                        call.getKey(),
                        text("1. x\n https://%s.test/b?c=d.".formatted(call.getValue().charAt(0))),
                        false))));
      }
      assertThat(urls(sessions, id, "{}"))
          .containsExactlyInAnyOrder("https://user.test/a", "https://w.test/b?c=d");
      assertThat(urls(sessions, id, "{'user_input': {'type': 'none'}}"))
          .containsExactly("https://w.test/b?c=d");
      String only =
          "{'server_tool_results': {'type': '%s', 'tools': [{'type': 'tool_reference', 'name': 'web_search'}]}}";
      assertThat(urls(sessions, id, only.formatted("only"))).hasSize(2);
      assertThat(urls(sessions, id, only.formatted("except")))
          .containsExactly("https://user.test/a");
    }
  }

  private static List<String> urls(Sessions sessions, SessionId id, String config) {
    return new UrlSources(Json.tree(config.replace('\'', '"')))
        .in(sessions.read(id, UrlSources.QUERY)).stream().map(Object::toString).toList();
  }
}
