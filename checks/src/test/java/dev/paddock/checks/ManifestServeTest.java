package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
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

/** Sessions of the API whose environment has a manifest. */
@Tag("slow")
class ManifestServeTest {
  @TempDir Path folder;
  private TestingOpenAi model;
  private ServerUnderTest server;
  private SessionClient client;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    model = new TestingOpenAi(ModelScript::answer);
    server =
        ServerUnderTest.start(new Program(folder).with("OPENAI_BASE_URL", model.url()), folder);
    client = SessionClient.of(server);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      client.close();
      server.close();
      model.close();
    }
  }

  private JsonNode environment(String manifest) throws Exception {
    ObjectNode environment = Json.object().put("name", "made");
    environment.putObject("config").put("type", "cloud").set("manifest", Json.tree(manifest));
    return client.post("/v1/environments", environment);
  }

  @Test
  void everySessionOfTheEnvironmentBeginsWithIt() throws Exception {
    JsonNode made =
        environment(
            """
            {"entries":{"a/b.txt":{"type":"file","content":"from the manifest"}},
             "environment":{"value":{"STAGE":"two"}}}
            """);
    assertThat(made.path("config").path("manifest").path("root").asText()).isEqualTo("/workspace");
    String id = made.path("id").asText();
    JsonNode renamed = client.post("/v1/environments/" + id, Json.object().put("name", "other"));
    assertThat(renamed.path("config").path("manifest"))
        .isEqualTo(made.path("config").path("manifest"));

    String agent = client.agent("worker", "openai/scripted", Map.of());
    String session =
        client
            .post("/v1/sessions", Json.object().put("agent", agent).put("environment_id", id))
            .path("id")
            .asText();
    ObjectNode call = Json.object().put("command", "cat a/b.txt; echo \" $STAGE\"; rm a/b.txt");
    assertThat(said(session, call)).isEqualTo("from the manifest two");
    assertThat(said(session, Json.object().put("command", "ls a")))
        .as("it is made once")
        .doesNotContain("b.txt");
  }

  private String said(String session, ObjectNode call) throws Exception {
    String first = client.send(session, SessionClient.message("call bash " + Json.write(call)));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      List<JsonNode> events = follower.await(ManifestServeTest::ended);
      return events.stream()
          .filter(event -> event.path("type").asText().equals("agent.tool_result"))
          .findFirst()
          .orElseThrow()
          .path("content")
          .path(0)
          .path("text")
          .asText();
    }
  }

  private static boolean ended(List<JsonNode> events) {
    return SessionFollower.status(events)
        .filter(event -> event.path("stop_reason").path("type").asText().equals("end_turn"))
        .isPresent();
  }

  @Test
  void aWrongFieldIsNamedAndTheServersFilesAreItsOwn() {
    assertThatThrownBy(
            () -> environment("{\"entries\":{\"../x\":{\"type\":\"file\",\"content\":\"\"}}}"))
        .hasMessageContaining("config.manifest: entries.")
        .hasMessageContaining("leads upwards");
    assertThatThrownBy(
            () -> environment("{\"entries\":{\"x\":{\"type\":\"local_dir\",\"src\":\"/etc\"}}}"))
        .hasMessageContaining("is read from the server's own disk");
    assertThatThrownBy(
            () ->
                environment(
                    "{\"extra_path_grants\":[{\"path\":\"/mnt/e\",\"host_path\":\"/etc\"}]}"))
        .hasMessageContaining("is not open to sandboxes");
  }
}
