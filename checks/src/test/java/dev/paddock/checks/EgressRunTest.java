package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code paddock run} with an agent that may reach hosts. */
@Tag("slow")
class EgressRunTest {
  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Machine.bridges(), "needs a sandbox and socat: see ./paddock doctor");
    site = new Site(folder);
  }

  @AfterEach
  void stop() {
    if (site != null) {
      site.close();
    }
  }

  private Program program(TestingOpenAi model, String privateHosts) {
    return new Program(folder)
        .with("OPENAI_BASE_URL", model.url())
        .with("PADDOCK_PRIVATE_HOSTS", privateHosts);
  }

  private String agent(String environment) throws IOException {
    Path agent = Files.createDirectories(folder.resolve("traveller"));
    Files.writeString(
        agent.resolve("SKILL.md"),
        "---\nname: traveller\ndescription: Reaches hosts.\n---\nGo there.\n");
    Files.writeString(agent.resolve("agent.yaml"), environment);
    return agent.toString();
  }

  private static TestingOpenAi model(String... commands) {
    return new TestingOpenAi(
        request -> {
          int done = TestingOpenAi.results(request);
          return done < commands.length
              ? new Answer.Calls(
                  List.of(new Call("bash", Json.object().put("command", commands[done]))))
              : new Answer.Text("done");
        });
  }

  private static List<JsonNode> events(Program.Result result, String type) {
    return result.lines().stream()
        .map(Json::tree)
        .filter(event -> event.path("type").asText().equals(type))
        .toList();
  }

  private static String text(JsonNode result) {
    StringBuilder text = new StringBuilder();
    result.path("content").forEach(part -> text.append(part.path("text").asText()).append('\n'));
    return text.toString();
  }

  @Test
  void aRepositoryIsClonedAndEachRequestStandsInTheLog() throws Exception {
    String agent = agent("environment: {hosts: [\"" + site.host() + "\"]}\n");
    try (TestingOpenAi model =
        model(
            "git clone -q " + site.url() + "/repo.git && cat repo/file",
            "curl -sS https://denied.example/ || true")) {
      Program program = program(model, site.host());
      Program.Result run = program.run("run", agent, "--model", "openai/scripted", "--json");
      assertThat(run.exit()).as(run.err()).isZero();
      List<JsonNode> results = events(run, "agent.tool_result");
      assertThat(text(results.get(0))).isEqualTo("content\n");
      assertThat(text(results.get(1)))
          .contains(
              "host denied.example is not on this environment's list; allow it by adding"
                  + " \"denied.example\" to its hosts");
      List<JsonNode> requests = events(run, "paddock.egress_request");
      assertThat(requests)
          .anySatisfy(
              request -> {
                assertThat(request.path("path").asText()).isEqualTo("/repo.git/info/refs");
                assertThat(request.path("verdict").asText()).isEqualTo("allowed");
                assertThat(request.path("status").asInt()).isEqualTo(200);
              })
          .anySatisfy(
              request -> {
                assertThat(request.path("host").asText()).isEqualTo("denied.example");
                assertThat(request.path("verdict").asText()).isEqualTo("denied");
                assertThat(request.path("denial").asText()).isEqualTo("host");
              });
      String session = requests.getFirst().path("session_id").asText();
      assertThat(program.run("sessions", "show", session).out())
          .contains("↗ 127.0.0.2", "! network: host denied.example is not on");
      assertThat(program.run("sessions", "verify", session).exit()).isZero();
      assertThat(program.run("sessions", "replay", session).out()).contains("the same");
    }
  }

  @Test
  void methodsAndPathsOfAHostAreHeld() throws Exception {
    String agent =
        agent(
            """
            environment:
              hosts:
                - {host: "%s", methods: [GET], paths: [/repo.git/]}
            """
                .formatted(site.host()));
    try (TestingOpenAi model =
        model(
            "curl -sS %1$s/repo.git/HEAD; curl -sS %1$s/work/file; curl -sS -X POST %1$s/repo.git/"
                .formatted(site.url()))) {
      Program.Result run =
          program(model, site.host()).run("run", agent, "--model", "openai/scripted", "--json");
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(events(run, "paddock.egress_request"))
          .extracting(request -> request.path("verdict").asText())
          .containsExactly("allowed", "denied", "denied");
      assertThat(text(events(run, "agent.tool_result").getFirst()))
          .contains("ref: refs/heads/", "GET /work/file of", "POST /repo.git/ of");
    }
  }

  @Test
  void aHostThatIsNotNamedAsksAndYesAllows() throws Exception {
    String agent = agent("environment: {ask: true}\n");
    try (TestingOpenAi model = model("curl -sS -m 20 http://nowhere.invalid/ || true")) {
      Program.Result run =
          program(model, "").run("run", agent, "--model", "openai/scripted", "--json", "--yes");
      assertThat(run.exit()).as(run.err()).isZero();
      JsonNode question =
          events(run, "agent.tool_use").stream()
              .filter(call -> call.path("name").asText().equals("paddock_reach_host"))
              .findFirst()
              .orElseThrow();
      assertThat(question.path("input").path("host").asText()).isEqualTo("nowhere.invalid");
      assertThat(question.path("evaluated_permission").asText()).isEqualTo("ask");
      assertThat(events(run, "user.tool_confirmation"))
          .singleElement()
          .extracting(answer -> answer.path("tool_use_id"))
          .isEqualTo(question.path("id"));
      assertThat(events(run, "paddock.egress_request"))
          .singleElement()
          .satisfies(
              request -> {
                assertThat(request.path("rule").asText()).isEqualTo("approved");
                assertThat(request.path("verdict").asText()).as("no such host").isEqualTo("failed");
              });
      assertThat(model.requests().toString())
          .as("a question is no call of the model's")
          .doesNotContain("paddock_reach_host");
    }
  }

  @Test
  void whatAKilledRunLeavesTheNextOneRemoves() throws Exception {
    String agent = agent("environment: {hosts: [\"" + site.host() + "\"]}\n");
    Path mark = folder.resolve("reached");
    try (TestingOpenAi model =
        model("curl -sS " + site.url() + "/repo.git/HEAD; curl -sS " + site.url() + "/slow")) {
      Program program = program(model, site.host());
      Process killed =
          program.start(
              mark, folder.resolve("err"), "run", agent, "--model", "openai/scripted", "--json");
      while (!Files.readString(mark).contains("paddock.egress_request")) {
        assertThat(killed.isAlive()).as(Files.readString(folder.resolve("err"))).isTrue();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      killed.destroyForcibly().waitFor();
      assertThat(sockets(program)).hasSize(1);
      Program.Result next =
          program.run("run", agent("model: openai/scripted\n"), "--json", "Say done.");
      assertThat(next.err()).contains("removed the egress proxies' sockets of 1 killed process");
      assertThat(sockets(program)).isEmpty();
    }
  }

  /** Folders of proxies, where this home has them. */
  private static List<Path> sockets(Program program) throws IOException {
    dev.paddock.node.Home home =
        dev.paddock.node.Home.of(java.util.Map.of("PADDOCK_HOME", program.home().toString()));
    if (!Files.isDirectory(home.egress())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(home.egress())) {
      return entries.toList();
    }
  }

  @Test
  void aWrongHostIsRefusedBeforeAnythingIsMade() throws Exception {
    try (TestingOpenAi model = model()) {
      Program.Result run =
          program(model, "")
              .run(
                  "run",
                  agent("environment: {hosts: [\"*.com\"]}\n"),
                  "--model",
                  "openai/scripted");
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("*.com", "name at least two parts");
    }
  }
}
