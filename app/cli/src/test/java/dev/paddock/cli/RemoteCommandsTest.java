package dev.paddock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.PaddockServer;
import dev.paddock.server.ServerLog;
import dev.paddock.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Commands at a server, and the same commands at home. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoteCommandsTest {
  private static final String KEY = "paddock_testing_key";

  private Path folder = Path.of("");
  private Map<String, String> home = Map.of();
  private Map<String, String> remote = Map.of();
  private Optional<PaddockServer> server = Optional.empty();

  @BeforeAll
  void start(@TempDir Path scratch) throws IOException {
    folder = scratch;
    Path agent = Files.createDirectory(folder.resolve("helper"));
    Files.writeString(
        agent.resolve("SKILL.md"), "---\nname: helper\ndescription: Helps.\n---\nHelp the user.\n");
    Files.createDirectory(agent.resolve("notes"));
    Files.writeString(agent.resolve("notes/more.md"), "More.");
    Map<String, String> served = environment("served");
    served.put("PADDOCK_API_KEY", KEY);
    // Nobody answers there: a turn is tried again until it is interrupted.
    served.put("OPENAI_BASE_URL", "http://127.0.0.1:9/v1");
    server =
        Optional.of(
            PaddockServer.start(
                served,
                ServerSettings.of(served, Optional.of("127.0.0.1"), Optional.of(0), false),
                ServerLog.onStderr()));
    home = environment("home");
    remote = new HashMap<>(environment("unused"));
    remote.put("PADDOCK_URL", server.get().address().toString());
    remote.put("PADDOCK_API_KEY", KEY);
  }

  private Map<String, String> environment(String name) {
    return new HashMap<>(
        Map.of(
            "HOME", folder.toString(),
            "PADDOCK_HOME", folder.resolve(name).toString(),
            "PADDOCK_CACHE", folder.resolve("cache").toString()));
  }

  @AfterAll
  void stop() {
    server.ifPresent(PaddockServer::close);
  }

  private TestingCommand.Result remote(String... arguments) {
    return TestingCommand.run(remote, arguments);
  }

  private String agent(Map<String, String> where) {
    TestingCommand.Result made =
        TestingCommand.run(
            where, "agents", "create", folder.resolve("helper").toString(), "--model", MODEL);
    assertThat(made.exit()).as(made.err()).isZero();
    return made.out().strip();
  }

  private static final String MODEL = "local/smollm2-135m-instruct";

  @Test
  void agentsAreTheSameAtAServerAndAtHome() {
    for (Map<String, String> where : List.of(home, remote)) {
      String id = agent(where);
      JsonNode shown = TestingCommand.run(where, "agents", "show", id, "--json").json();
      assertThat(shown.path("name").asText()).isEqualTo("helper");
      assertThat(shown.path("system").asText()).contains("Help the user.");
      assertThat(shown.path("model").path("id").asText()).isEqualTo(MODEL);
      assertThat(shown.path("skills")).hasSize(1);
      assertThat(shown.path("tools").path(0).path("type").asText())
          .isEqualTo("agent_toolset_20260401");

      assertThat(TestingCommand.run(where, "agents", "list").out())
          .startsWith("ID")
          .contains(id, MODEL, "helper");
      assertThat(TestingCommand.run(where, "agents", "archive", id).exit()).isZero();
      assertThat(TestingCommand.run(where, "agents", "list", "--json").out()).doesNotContain(id);
      assertThat(TestingCommand.run(where, "agents", "list", "--archived").out()).contains(id);
    }
  }

  @Test
  void whatTheApiCannotSayOfAnAgentIsRefused() throws IOException {
    Path narrow = Files.createDirectories(folder.resolve("narrow/helper"));
    Files.copy(folder.resolve("helper/SKILL.md"), narrow.resolve("SKILL.md"));
    Files.writeString(
        narrow.resolve("agent.yaml"),
        "tools:\n  - bash:\n      arguments: {command: {const: ls}}\n");
    TestingCommand.Result refused = remote("agents", "create", narrow.toString());
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();

    Files.delete(narrow.resolve("agent.yaml"));
    Files.createSymbolicLink(narrow.resolve("secret"), Path.of("/etc/hostname"));
    refused = remote("agents", "create", narrow.toString());
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("secret is a link");
  }

  @Test
  void environmentsAreTheSameAtAServerAndAtHome() {
    for (Map<String, String> where : List.of(home, remote)) {
      TestingCommand.Result made =
          TestingCommand.run(where, "environments", "create", "lab", "--host", "example.org");
      assertThat(made.exit()).as(made.err()).isZero();
      String id = made.out().strip();
      assertThat(TestingCommand.run(where, "environments", "list").out())
          .contains(id, "example.org", "lab");
      assertThat(TestingCommand.run(where, "environments", "show", id).out()).contains("lab");
      assertThat(TestingCommand.run(where, "environments", "archive", id).exit()).isZero();
      assertThat(TestingCommand.run(where, "environments", "delete", id).exit()).isZero();
      assertThat(TestingCommand.run(where, "environments", "show", id).exit()).isEqualTo(2);
    }
  }

  private String session() throws InterruptedException {
    try (RemoteServer api = RemoteServer.of(remote).orElseThrow()) {
      ObjectNode agent = Json.object().put("name", "talker").put("model", "openai/unreachable");
      ObjectNode session = Json.object();
      session.set("agent", api.post("/v1/agents", agent).path("id"));
      session.set(
          "environment_id",
          api.post("/v1/environments", Json.object().put("name", "place")).path("id"));
      return api.post("/v1/sessions", session).path("id").asText();
    }
  }

  @Test
  void aSessionIsToldStoppedFollowedAndDeleted() throws InterruptedException {
    String id = session();
    assertThat(remote("sessions", "list").out()).contains(id, "talker", "idle");
    assertThat(remote("sessions", "list", "--json").out()).contains("\"id\":\"" + id + "\"");
    assertThat(remote("sessions", "tail", id).exit()).isZero();

    TestingCommand.Result sent = remote("sessions", "send", id, "Good", "morning");
    assertThat(sent.exit()).as(sent.err()).isZero();
    assertThat(sent.out()).startsWith("sevt_");
    assertThat(remote("sessions", "stop", id).exit()).isZero();
    TestingCommand.Result tail = remote("sessions", "tail", id, "--json");
    assertThat(tail.exit()).as(tail.err()).isZero();
    assertThat(tail.lines().getFirst()).contains("user.message", "Good morning");
    assertThat(tail.out()).contains("user.interrupt", "session.status_idle");
    assertThat(remote("sessions", "tail", id, "--json", "--after", "1").lines().getFirst())
        .isEqualTo(tail.lines().get(1));
    assertThat(remote("sessions", "show", id, "--json").out()).isEqualTo(tail.out());
    assertThat(remote("sessions", "show", id).out()).contains("> Good morning");

    assertThat(remote("sessions", "files", id).exit()).isZero();
    assertThat(remote("sessions", "delete", id).exit()).isZero();
    TestingCommand.Result gone = remote("sessions", "show", id);
    assertThat(gone.exit()).isEqualTo(2);
    assertThat(gone.err()).contains(id);
  }

  @Test
  void whatNoServerOffersIsSaid() {
    for (String[] command :
        new String[][] {
          {"sessions", "verify", "sesn_01234"},
          {"sessions", "replay", "sesn_01234"},
          {"keys", "list"},
          {"sessions", "prune", "--keep", "1"}
        }) {
      TestingCommand.Result refused = remote(command);
      assertThat(refused.exit()).isEqualTo(2);
      assertThat(refused.err()).contains("unset PADDOCK_URL");
      assertThat(refused.out()).isEmpty();
    }
  }

  @Test
  void aWrongKeyAndAWrongAddressAreNamed() {
    Map<String, String> wrong = new HashMap<>(remote);
    wrong.put("PADDOCK_API_KEY", "paddock_wrong");
    TestingCommand.Result refused = TestingCommand.run(wrong, "sessions", "list");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("PADDOCK_API_KEY").doesNotContain("paddock_wrong");
    wrong.remove("PADDOCK_API_KEY");
    assertThat(TestingCommand.run(wrong, "agents", "list").exit()).isEqualTo(2);

    for (String url :
        new String[] {"http://127.0.0.1:9", "ftp://example.org", "http://key@example.org", "x y"}) {
      Map<String, String> nowhere = new HashMap<>(remote);
      nowhere.put("PADDOCK_URL", url);
      refused = TestingCommand.run(nowhere, "sessions", "list");
      assertThat(refused.exit()).as(url).isEqualTo(2);
      assertThat(refused.err()).contains("PADDOCK_URL").hasLineCount(1);
    }
  }

  @Test
  void completionKnowsThem() {
    assertThat(TestingCommand.run(home, "completion", "bash").out())
        .contains("agents", "environments", "archive", "--host");
  }
}
