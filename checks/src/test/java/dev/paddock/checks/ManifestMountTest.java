package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.manifest.TestingMoto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole sessions over files of an S3-compatible server, whose key nothing gets to see. */
@Tag("slow")
class ManifestMountTest {
  private static final String SECRET = "the-real-key-of-the-bucket";

  @TempDir Path folder;
  private TestingMoto moto;
  private TestingOpenAi model;
  private Program program;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Machine.bridges(), "needs a sandbox and socat: see ./paddock doctor");
    assumeTrue(TestingMoto.missing().isEmpty(), TestingMoto.missing().orElse(""));
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "rclone"))),
        "rclone is not installed; fix: apt-get install rclone");
    moto = new TestingMoto();
    moto.bucket("rows");
    moto.put("rows", "2026/a.csv", "a,b\n".getBytes(StandardCharsets.UTF_8));
    model = new TestingOpenAi(ModelScript::answer);
    program =
        new Program(folder)
            .with("OPENAI_BASE_URL", model.url())
            .with("PADDOCK_PRIVATE_HOSTS", "127.0.0.1:" + moto.port());
  }

  @AfterEach
  void stop() {
    if (moto != null) {
      model.close();
      moto.close();
    }
  }

  private String manifest() {
    return """
        {"entries":{"in/rows":{"type":"s3_mount","bucket":"rows","s3_provider":"Other",
          "region":"us-east-1","access_key_id":"key","secret_access_key":"secret:STORE",
          "endpoint_url":"http://127.0.0.1:%d",
          "mount_strategy":{"type":"in_container","pattern":{"type":"rclone"}}}}}
        """
        .formatted(moto.port());
  }

  private static String call() {
    ObjectNode command =
        Json.object().put("command", "cat in/rows/2026/a.csv; env; ls /mnt 2>&1; true");
    return "call bash " + Json.write(command);
  }

  private void assertNothingKnowsTheSecret() throws IOException {
    try (Stream<Path> all = Files.walk(program.home())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(SECRET);
      }
    }
  }

  @Test
  void aTaskReadsABucketByTheOperatorsSecret() throws Exception {
    Path agent = Files.createDirectories(folder.resolve("worker"));
    Files.writeString(
        agent.resolve("SKILL.md"), "---\nname: worker\ndescription: Works.\n---\nDo it.\n");
    Path file = Files.writeString(folder.resolve("m.json"), manifest());
    Files.createDirectories(program.home());
    Files.writeString(
        program.home().resolve("config.toml"),
        "[secrets.STORE]\nfrom = \"env:STORE_KEY\"\nhosts = [\"127.0.0.1\"]\n");
    Program.Result run =
        program
            .with("STORE_KEY", SECRET)
            .run(
                "run",
                agent.toString(),
                call(),
                "--model",
                "openai/scripted",
                "--json",
                "--manifest",
                file.toString());
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("a,b\\n").doesNotContain(SECRET);
    assertThat(run.err()).contains("copying 4 bytes in files: 1").doesNotContain(SECRET);
    assertNothingKnowsTheSecret();
  }

  @Test
  void aSessionOfTheApiReadsABucketByASecretOfItsVault() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.start(program, folder);
        SessionClient client = SessionClient.of(server)) {
      String vault =
          client.post("/v1/vaults", Json.object().put("display_name", "v")).path("id").asText();
      ObjectNode auth =
          Json.object()
              .put("type", "environment_variable")
              .put("secret_name", "STORE")
              .put("secret_value", SECRET);
      auth.putObject("networking")
          .put("type", "limited")
          .putArray("allowed_hosts")
          .add("127.0.0.1");
      client.post("/v1/vaults/" + vault + "/credentials", Json.object().set("auth", auth));
      ObjectNode environment = Json.object().put("name", "rows");
      environment.putObject("config").put("type", "cloud").set("manifest", Json.tree(manifest()));
      ObjectNode session =
          Json.object()
              .put("agent", client.agent("worker", "openai/scripted", Map.of()))
              .put(
                  "environment_id",
                  client.post("/v1/environments", environment).path("id").asText());
      session.putArray("vault_ids").add(vault);
      String id = client.post("/v1/sessions", session).path("id").asText();
      String first = client.send(id, SessionClient.message(call()));
      try (SessionFollower follower = new SessionFollower(client, id, first)) {
        List<JsonNode> events = follower.await(ManifestMountTest::ended);
        assertThat(events.toString())
            .contains("a,b\\n", "workspace_progress", "copying 4 bytes in files: 1")
            .doesNotContain(SECRET);
      }
      assertThat(server.log()).doesNotContain(SECRET);
    }
    assertNothingKnowsTheSecret();
  }

  private static boolean ended(List<JsonNode> events) {
    return SessionFollower.status(events)
        .filter(event -> event.path("stop_reason").path("type").asText().equals("end_turn"))
        .isPresent();
  }
}
