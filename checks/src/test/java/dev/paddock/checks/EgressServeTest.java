package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of the API whose environment lets them out. */
@Tag("slow")
class EgressServeTest {
  private static final String SECRET = "the-real-value-of-the-token";

  @TempDir Path folder;
  private Site site;
  private TestingOpenAi model;
  private ServerUnderTest server;
  private SessionClient client;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Machine.bridges(), "needs a sandbox and socat: see ./paddock doctor");
    site = new Site(folder);
    model = new TestingOpenAi(ModelScript::answer);
    server =
        ServerUnderTest.start(
            new Program(folder)
                .with("OPENAI_BASE_URL", model.url())
                .with("PADDOCK_PRIVATE_HOSTS", site.host()),
            folder);
    client = SessionClient.of(server);
  }

  @AfterEach
  void stop() {
    if (site != null) {
      client.close();
      server.close();
      model.close();
      site.close();
    }
  }

  private static ObjectNode limited(String... hosts) {
    ObjectNode config = Json.object().put("type", "cloud");
    ObjectNode networking = config.putObject("networking").put("type", "limited");
    ArrayNode allowed = networking.putArray("allowed_hosts");
    List.of(hosts).forEach(allowed::add);
    return config;
  }

  private String environment(ObjectNode config) throws Exception {
    ObjectNode environment = Json.object().put("name", "out");
    environment.set("config", config);
    return client.post("/v1/environments", environment).path("id").asText();
  }

  private String session(String environment, String... vaults) throws Exception {
    String agent = client.agent("traveller", "openai/scripted", Map.of());
    ObjectNode session = Json.object().put("agent", agent).put("environment_id", environment);
    ArrayNode ids = session.putArray("vault_ids");
    List.of(vaults).forEach(ids::add);
    return client.post("/v1/sessions", session).path("id").asText();
  }

  private static ObjectNode bash(String command) {
    return SessionClient.message("call bash " + Json.write(Json.object().put("command", command)));
  }

  private static boolean requested(List<JsonNode> events) {
    return !only(events, "paddock.egress_request").isEmpty();
  }

  private static boolean ended(List<JsonNode> events) {
    return SessionFollower.status(events)
        .filter(event -> event.path("stop_reason").path("type").asText().equals("end_turn"))
        .isPresent();
  }

  private static List<JsonNode> only(List<JsonNode> events, String type) {
    return events.stream().filter(event -> event.path("type").asText().equals(type)).toList();
  }

  private List<JsonNode> run(String session, ObjectNode message) throws Exception {
    String first = client.send(session, message);
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      return follower.await(EgressServeTest::ended);
    }
  }

  @Test
  void aSecretIsPutInForTheHostThatItNamesAndMaskedInItsAnswer() throws Exception {
    String vault =
        client.post("/v1/vaults", Json.object().put("display_name", "tokens")).path("id").asText();
    ObjectNode auth =
        Json.object()
            .put("type", "environment_variable")
            .put("secret_name", "TOKEN")
            .put("secret_value", SECRET);
    auth.putObject("networking")
        .put("type", "limited")
        .putArray("allowed_hosts")
        .add(site.host().replaceFirst(":.*", ""));
    String credentials = "/v1/vaults/" + vault + "/credentials";
    JsonNode credential = client.post(credentials, Json.object().set("auth", auth));
    String session = session(environment(limited(site.host())), vault);

    List<JsonNode> events =
        run(
            session,
            bash("echo \"$TOKEN\" > t; curl -sS -H \"x-token: $TOKEN\" " + site.url() + "/echo"));
    assertThat(site.told()).containsExactly(SECRET);
    String said = only(events, "agent.tool_result").getFirst().toString();
    assertThat(said).contains("you said paddock-secret").doesNotContain(SECRET);
    assertThat(only(events, "paddock.egress_request"))
        .singleElement()
        .satisfies(request -> assertThat(request.toString()).doesNotContain(SECRET));

    client.post(credentials + "/" + credential.path("id").asText() + "/archive", Json.object());
    run(session, bash("curl -sS -H \"x-token: $TOKEN\" " + site.url() + "/echo"));
    assertThat(site.told()).hasSize(2).last().asString().startsWith("paddock-secret");
    assertThat(server.log()).doesNotContain(SECRET);
  }

  @Test
  void anEnvironmentThatChangesCutsOffWhatItNoLongerAllows() throws Exception {
    String environment = environment(limited(site.host()));
    String session = session(environment);
    String first = client.send(session, bash("curl -sS " + site.url() + "/slow"));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      site.awaitSlow();
      client.post(
          "/v1/environments/" + environment, Json.object().set("config", limited("example.org")));
      List<JsonNode> events = follower.await(seen -> ended(seen) && requested(seen));
      assertThat(only(events, "session.updated")).hasSize(1);
      assertThat(only(events, "paddock.egress_request"))
          .singleElement()
          .extracting(request -> request.path("reason").asText())
          .isEqualTo("the environment's list has changed");
      assertThat(only(events, "agent.tool_result").toString()).contains("begun");
    }
    List<JsonNode> later = run(session, bash("curl -sS " + site.url() + "/repo.git/HEAD"));
    assertThat(only(later, "agent.tool_result").toString())
        .contains("is not on this environment's list");

    client.post(
        "/v1/environments/" + environment, Json.object().set("config", limited(site.host())));
    assertThat(
            only(
                    run(session, bash("curl -sS " + site.url() + "/repo.git/HEAD")),
                    "agent.tool_result")
                .toString())
        .contains("ref: refs/heads/");
  }

  @Test
  void aPersonIsAskedWhileTheCommandWaits() throws Exception {
    ObjectNode config = limited();
    ((ObjectNode) config.path("networking")).put("ask", true);
    String session = session(environment(config));
    String first = client.send(session, bash("curl -sS -m 25 http://nowhere.invalid/ || true"));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      List<JsonNode> events =
          follower.await(
              seen ->
                  seen.stream()
                      .anyMatch(e -> e.path("name").asText().equals("paddock_reach_host")));
      String question =
          events.stream()
              .filter(event -> event.path("name").asText().equals("paddock_reach_host"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asText();
      ObjectNode no = SessionClient.allow(question).put("result", "deny");
      client.send(session, no);
      List<JsonNode> all = follower.await(EgressServeTest::ended);
      assertThat(only(all, "agent.tool_result").toString())
          .contains("a person has refused that this session reaches nowhere.invalid:80");
    }
    List<JsonNode> again = run(session, bash("curl -sS -m 25 http://nowhere.invalid/ || true"));
    assertThat(again.toString())
        .contains("a person has refused")
        .doesNotContain("paddock_reach_host");
  }
}
