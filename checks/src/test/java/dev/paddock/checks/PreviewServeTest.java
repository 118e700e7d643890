package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A web app that an agent builds in its sandbox is opened from outside. */
@Tag("slow")
class PreviewServeTest {
  private static final Path APP = Program.root().resolve("checks/data/web-app/app.pl");
  private static final Pattern URL =
      Pattern.compile("(http://p[0-9a-z]{26}\\.localhost:\\d+)/\\?paddock_token=([\\w-]{43})");
  private static final List<String> BROWSERS =
      List.of("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser");

  @TempDir Path folder;
  private TestingOpenAi model;
  private ServerUnderTest server;
  private SessionClient client;
  private String session;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Machine.bridges(), "needs a sandbox and socat: see ./paddock doctor");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    model = new TestingOpenAi(ModelScript::answer);
    server =
        ServerUnderTest.start(new Program(folder).with("OPENAI_BASE_URL", model.url()), folder);
    client = SessionClient.of(server);
    String agent = paddock("agents", "create", "examples/web-app", "--model", "openai/scripted");
    session = client.session(agent.strip(), client.environment());
  }

  /** What a command says to this server. */
  private String paddock(String... arguments) throws Exception {
    Program.Result said =
        new Program(folder)
            .with("PADDOCK_URL", server.url())
            .with("PADDOCK_API_KEY", ServerUnderTest.KEY)
            .run(arguments);
    assertThat(said.exit()).as(said.err()).isZero();
    return said.out();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      client.close();
      server.close();
      model.close();
    }
  }

  private List<JsonNode> call(String tool, ObjectNode input) throws Exception {
    String first =
        client.send(session, SessionClient.message("call " + tool + " " + Json.write(input)));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      return follower.await(
          events ->
              SessionFollower.status(events)
                  .filter(e -> e.path("stop_reason").path("type").asText().equals("end_turn"))
                  .isPresent());
    }
  }

  private Matcher build() throws Exception {
    call("write", Json.object().put("file_path", "app.pl").put("content", Files.readString(APP)));
    call("exec_command", Json.object().put("cmd", "perl app.pl 8000").put("yield_time_ms", 250));
    List<JsonNode> events = call("expose_port", Json.object().put("port", 8000));
    String all = events.toString();
    Matcher url = URL.matcher(all);
    assertThat(url.find()).as(all).isTrue();
    assertThat(all).contains("paddock.preview").contains("\"state\":\"open\"");
    return url;
  }

  private String raw(String origin, String head) throws IOException {
    URI at = URI.create(server.url());
    try (java.net.Socket socket = new java.net.Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              head.formatted(URI.create(origin).getAuthority())
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String origin, String token) throws IOException {
    return raw(
        origin,
        "GET / HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer "
            + token
            + "\r\nConnection: close\r\n\r\n");
  }

  @Test
  void whatAnAgentBuildsIsSeenUntilItIsRevoked() throws Exception {
    Matcher url = build();
    String origin = url.group(1);
    String token = url.group(2);
    assertThat(get(origin, token)).startsWith("HTTP/1.1 200").contains("<h1>Hello from the box");
    assertThat(server.log()).doesNotContain(token);
    JsonNode listed = client.get("/v1/sessions/" + session + "/paddock_previews").path("data");
    assertThat(listed.size()).isEqualTo(1);
    assertThat(listed.toString()).doesNotContain(token);
    String id = listed.get(0).path("id").asText();
    assertThat(origin).contains(id);
    JsonNode own =
        client.post(
            "/v1/sessions/" + session + "/paddock_previews",
            Json.object().put("port", 8000).put("minutes", 5));
    assertThat(own.path("url").asText()).matches(URL.pattern());
    assertThat(
            client
                .send(
                    "DELETE",
                    "/v1/sessions/" + session + "/paddock_previews/" + id,
                    Optional.empty())
                .statusCode())
        .isEqualTo(200);
    assertThat(get(origin, token)).startsWith("HTTP/1.1 410");
    client.send("DELETE", "/v1/sessions/" + session, Optional.empty());
    Matcher second = URL.matcher(own.path("url").asText());
    assertThat(second.matches()).isTrue();
    assertThat(get(second.group(1), second.group(2))).startsWith("HTTP/1.1 404");
  }

  /** The page's own script puts into it what came by WebSocket. */
  @Test
  void aRealBrowserOpensItAndAPageElsewhereCannot() throws Exception {
    Optional<String> browser =
        BROWSERS.stream().filter(path -> Files.isExecutable(Path.of(path))).findFirst();
    assumeTrue(browser.isPresent(), "needs Chromium");
    Matcher url = build();
    assertThat(dom(browser.get(), url.group()))
        .contains("<h1>Hello from the box", "echo: over a WebSocket");
    Path elsewhere = folder.resolve("elsewhere.html");
    Files.writeString(
        elsewhere,
        "<p id=o>waiting</p><script>fetch('%s/',{credentials:'include'}).then(r=>r.text())"
                .formatted(url.group(1))
            + ".then(t=>o.textContent='read '+t,e=>o.textContent='refused')</script>");
    assertThat(dom(browser.get(), elsewhere.toUri().toString())).contains("refused");
  }

  @Test
  void aPersonOpensAndRevokesItByCommands() throws Exception {
    build();
    JsonNode listed =
        Json.tree(paddock("sessions", "previews", session, "--json").lines().findFirst().get());
    assertThat(listed.path("port").asInt()).isEqualTo(8000);
    Matcher own = URL.matcher(paddock("sessions", "previews", session, "--port", "8000"));
    assertThat(own.find()).isTrue();
    assertThat(get(own.group(1), own.group(2))).startsWith("HTTP/1.1 200");
    paddock("sessions", "previews", session, "--revoke", listed.path("id").asText());
    assertThat(paddock("sessions", "previews", session)).contains("revoked", "open");
  }

  @Test
  void whereNothingListensTheModelIsTold() throws Exception {
    assertThat(call("expose_port", Json.object().put("port", 8001)).toString())
        .contains("nothing listens on port 8001 in the sandbox");
  }

  private String dom(String browser, String url) throws Exception {
    Path out = Files.createTempFile(folder, "dom", ".html");
    Process process =
        new ProcessBuilder(
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("browser"),
                "--timeout=20000",
                "--dump-dom",
                url)
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("browser.err").toFile())
            .start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("the browser ended").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Files.readString(out);
  }
}
