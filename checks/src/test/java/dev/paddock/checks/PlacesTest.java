package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session's place holds beside its own files: memory stores and repositories. */
class PlacesTest {
  @TempDir Path folder;
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private Optional<TestingOpenAi> model = Optional.empty();
  private Optional<ServerUnderTest> server = Optional.empty();
  private Optional<SessionClient> client = Optional.empty();

  @BeforeEach
  void start() {
    assumeTrue(Machine.confines(), Machine::whyNot);
    TestingOpenAi scripted =
        new TestingOpenAi(
            request -> {
              asked.add(request);
              return ModelScript.answer(request);
            });
    model = Optional.of(scripted);
    Program program = new Program(folder).with("OPENAI_BASE_URL", scripted.url());
    server = Optional.of(ServerUnderTest.start(program, folder));
    client = server.map(SessionClient::of);
  }

  @AfterEach
  void stop() {
    client.ifPresent(SessionClient::close);
    server.ifPresent(ServerUnderTest::close);
    model.ifPresent(TestingOpenAi::close);
  }

  private String create(String path, String body) throws IOException, InterruptedException {
    return client.orElseThrow().post(path, Json.tree(body)).path("id").asText();
  }

  private String store(String name, String path, String text)
      throws IOException, InterruptedException {
    String id = create("/v1/memory_stores", "{\"name\": \"%s\"}".formatted(name));
    create(
        "/v1/memory_stores/" + id + "/memories",
        Json.write(Json.object().put("path", path).put("content", text)));
    return id;
  }

  /** Runs one command as the agent, and gives the session's events, a line each. */
  private String run(String resources, String command) throws IOException, InterruptedException {
    SessionClient client = this.client.orElseThrow();
    String agent = client.agent("keeper", "openai/scripted", Map.of());
    String environment = client.environment();
    String says = "call bash " + Json.write(Json.object().put("command", command));
    String session =
        create(
            "/v1/sessions",
            """
            {"agent": "%s", "environment_id": "%s", "resources": %s,
             "initial_events": [{"type": "user.message",
                                 "content": [{"type": "text", "text": %s}]}]}"""
                .formatted(agent, environment, resources, Json.write(says)));
    Program.Result tail =
        new Program(folder)
            .with("PADDOCK_URL", server.orElseThrow().url())
            .with("PADDOCK_API_KEY", ServerUnderTest.KEY)
            .run("sessions", "tail", session, "--json");
    assertThat(tail.exit()).as(tail.err()).isZero();
    return tail.out();
  }

  @Test
  void memoryStoresAreFoldersThatOutliveTheSession() throws Exception {
    String notes = store("Notes", "/a.md", "remember the milk");
    String facts = store("Facts", "/f.md", "the sky is blue");
    String events =
        run(
            """
            [{"type": "memory_store", "memory_store_id": "%s", "instructions": "Household."},
             {"type": "memory_store", "memory_store_id": "%s", "access": "read_only"}]"""
                .formatted(notes, facts),
            """
            cat /workspace/memory/notes/a.md /mnt/memory/facts/f.md
            echo eggs > /workspace/memory/notes/b.md
            rm /workspace/memory/notes/a.md
            head -c 200000 /dev/zero | tr '\\0' x > /workspace/memory/notes/big.md
            echo no > /mnt/memory/facts/x.md""");

    assertThat(events)
        .contains("remember the milk", "the sky is blue", "Read-only file system")
        .contains("/workspace/memory/notes/big.md: a memory has at most 102,400 bytes");
    assertThat(asked.getFirst().path("messages").path(0).toString())
        .contains("/workspace/memory/notes", "Household.", "/mnt/memory/facts", "read-only");
    JsonNode memories =
        client.orElseThrow().get("/v1/memory_stores/" + notes + "/memories?view=full");
    assertThat(memories.path("data")).hasSize(1);
    assertThat(memories.path("data").path(0).path("path").asText()).isEqualTo("/b.md");
    assertThat(memories.path("data").path(0).path("content").asText()).isEqualTo("eggs\n");
    JsonNode versions = client.orElseThrow().get("/v1/memory_stores/" + notes + "/memory_versions");
    assertThat(versions.path("data").path(0).path("created_by").path("type").asText())
        .isEqualTo("session_actor");
    assertThat(client.orElseThrow().get("/v1/memory_stores/" + facts + "/memories").path("data"))
        .hasSize(1);
  }

  @Test
  void aRepositoryThatCannotBeFetchedIsTheCallsError() throws Exception {
    String events =
        run(
            "[{\"type\": \"github_repository\", \"url\": \"https://localhost/owner/name\", "
                + "\"authorization_token\": \"ghp_very_secret\"}]",
            "ls");

    assertThat(events)
        .contains(
            "\"repository_clone_error\"", "\"repository_url\":\"https://localhost/owner/name\"")
        .contains("The call was not run: the repository")
        .doesNotContain("ghp_very_secret");
    assertThat(server.orElseThrow().log()).doesNotContain("ghp_very_secret");
  }
}
