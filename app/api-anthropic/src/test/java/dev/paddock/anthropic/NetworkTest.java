package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.HostRule;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.SessionRecord;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the node is told of an environment's networking. */
class NetworkTest {
  private static final String MCP =
      """
      , "mcp_servers": [{"type": "url", "name": "m", "url": "https://mcp.example.com/sse"},
                        {"type": "url", "name": "n", "url": "http://n.example.com:81"}],
        "tools": [{"type": "mcp_toolset", "mcp_server_name": "m"},
                  {"type": "mcp_toolset", "mcp_server_name": "n"}]
      """;

  @TempDir Path home;
  private TestingApi api;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private JsonNode environment(String networking) {
    return api.post(
        "/v1/environments",
        "{\"name\": \"e\", \"config\": {\"type\": \"cloud\", \"networking\": %s}}"
            .formatted(networking));
  }

  private String session(String agent, JsonNode environment) {
    return api.post(
            "/v1/sessions",
            "{\"agent\": \"%s\", \"environment_id\": \"%s\"}"
                .formatted(agent, environment.path("id").asText()))
        .path("id")
        .asText();
  }

  private SessionRecord record(String session) {
    return api.platform.sessions().find(new SessionId(session)).orElseThrow();
  }

  private EnvironmentRule rule(String session) {
    return SessionDocument.read(record(session).document()).definition().environment();
  }

  private static List<String> hosts(EnvironmentRule rule) {
    return rule.hosts().stream().map(HostRule::host).toList();
  }

  private List<SessionEvent> events(String session) {
    return api.platform.sessions().readAll(new SessionId(session)).stream()
        .map(entry -> entry.event())
        .toList();
  }

  @Test
  void hostsAreThoseThatAreNamed() {
    String agent = api.agent(MCP);
    assertThat(rule(session(agent, environment("{\"type\": \"limited\"}"))).network()).isFalse();
    assertThat(hosts(rule(session(agent, environment("{\"type\": \"unrestricted\"}")))))
        .containsExactly("*");
    EnvironmentRule rule =
        rule(
            session(
                agent,
                environment(
                    """
                    {"type": "limited", "allowed_hosts": ["a.example.com:8443"],
                     "allow_mcp_servers": true, "ask": true}
                    """)));
    assertThat(hosts(rule))
        .containsExactly("a.example.com:8443", "mcp.example.com:443", "n.example.com:81");
    assertThat(rule.ask()).isTrue();
  }

  @Test
  void packageManagersWithoutHostsAreSaidToOpenNothing() {
    String session =
        session(
            api.agent(), environment("{\"type\": \"limited\", \"allow_package_managers\": true}"));
    assertThat(rule(session).network()).isFalse();
    assertThat(events(session))
        .singleElement()
        .isInstanceOfSatisfying(
            SessionEvent.Notice.class,
            notice -> {
              assertThat(notice.code()).isEqualTo("package_hosts_unknown");
              assertThat(notice.message()).contains("network.package_hosts");
            });
    NetworkPlan configured =
        new NetworkPlan(new SessionStore(api.platform), List.of("packages.example.org"));
    assertThat(configured.notices(record(session).document().path("networking"))).isEmpty();
    var document = record(session).document().deepCopy();
    configured.refresh(document);
    assertThat(hosts(SessionDocument.read(document).definition().environment()))
        .containsExactly("packages.example.org");
  }

  @Test
  void sessionsFollowTheirEnvironment() {
    JsonNode environment =
        environment("{\"type\": \"limited\", \"allowed_hosts\": [\"a.example.com\"]}");
    String session = session(api.agent(), environment);
    String archived = session(api.agent(), environment);
    String other = session(api.agent(), environment("{\"type\": \"limited\"}"));
    api.post("/v1/sessions/" + archived + "/archive", "");
    String path = "/v1/environments/" + environment.path("id").asText();
    JsonNode changed =
        api.post(
            path,
            """
            {"config": {"type": "cloud",
             "networking": {"type": "limited", "allowed_hosts": ["b.example.com"], "ask": true}}}
            """);
    assertThat(changed.path("config").path("networking").path("ask").booleanValue()).isTrue();
    assertThat(hosts(rule(session))).containsExactly("b.example.com");
    assertThat(events(session)).last().isInstanceOf(SessionEvent.SessionUpdated.class);
    assertThat(hosts(rule(archived))).containsExactly("a.example.com");
    assertThat(rule(other).network()).isFalse();

    long sequence = record(session).lastSequence();
    api.post(path, "{\"name\": \"renamed\"}");
    assertThat(record(session).lastSequence()).isEqualTo(sequence);
  }

  @Test
  void otherMcpServersAreOtherHosts() {
    String session =
        session(
            api.agent(MCP), environment("{\"type\": \"limited\", \"allow_mcp_servers\": true}"));
    api.post("/v1/sessions/" + session, "{\"agent\": {\"mcp_servers\": [], \"tools\": []}}");
    assertThat(rule(session).network()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.1",
        "0x7f.0x1",
        "2130706433",
        "01.02.03.04",
        "256.1.1.1",
        "a:0",
        "a:65536",
        "*.com",
        "*",
        "http://a"
      })
  void hostsThatProgramsReadDifferentlyAreRefused(String host) {
    TestingApi.Answer answer =
        api.call(
            "POST",
            "/v1/environments",
            "{\"name\": \"e\", \"config\": {\"type\": \"cloud\", \"networking\": {\"type\": \"limited\", \"allowed_hosts\": [%s]}}}"
                .formatted(Json.write(host)));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).contains("config.networking.allowed_hosts[0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "line\\nbreak"})
  void aSecretThatNoHeaderCanHoldIsRefused(String value) {
    String vault = api.post("/v1/vaults", "{\"display_name\": \"v\"}").path("id").asText();
    TestingApi.Answer answer =
        api.call(
            "POST",
            "/v1/vaults/" + vault + "/credentials",
            "{\"auth\": {\"type\": \"environment_variable\", \"secret_name\": \"T\", \"secret_value\": \"%s\", \"networking\": {\"type\": \"unrestricted\"}}}"
                .formatted(value));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).contains("auth.secret_value").doesNotContain(value);
  }
}
