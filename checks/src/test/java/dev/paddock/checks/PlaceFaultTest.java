package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.SessionId;
import dev.paddock.store.Store;
import dev.paddock.store.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rows of {@code docs/faults.md} that clients, the disk and the database cause. */
@Tag("slow")
@Timeout(600)
class PlaceFaultTest {
  private static final String MODEL = "openai/scripted";
  private static final String OWN_MODEL = "ollama/scripted";

  @TempDir Path folder;

  private Program program(TestingOpenAi model) {
    return new Program(folder)
        .with("OPENAI_BASE_URL", model.url())
        .with("OPENAI_API_KEY", "upstream-key")
        .with("OLLAMA_HOST", URI.create(model.url()).getAuthority());
  }

  @Test
  void aClientThatStopsReadingIsDroppedAndTheOthersHearEverything() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    try (TestingOpenAi model = new TestingOpenAi(request -> new TestingOpenAi.Answer.Text("yes"));
        ServerUnderTest server = ServerUnderTest.start(program(model), folder);
        SessionClient client = SessionClient.of(server)) {
      String session = client.session(client.agent("a", MODEL, Map.of()), client.environment());
      String first = client.send(session, SessionClient.message("hello"));
      try (Socket deaf = deaf(server, session);
          SessionFollower other = new SessionFollower(client, session, first)) {
        int messages = 16;
        String last = "";
        for (int i = 0; i < messages; i++) {
          last = client.send(session, SessionClient.message("x".repeat(1 << 20)));
        }
        String end = last;
        other.await(events -> LogCheck.ids(events).anyMatch(end::equals));
        await(
            () ->
                client
                    .send("GET", "/metrics", Optional.empty())
                    .body()
                    .contains("paddock_streams_dropped_total{reason=\"slow_client\"} 1"));
        assertThat(deaf.isClosed()).isFalse();
      }
      assertThat(server.log()).contains("slow client");
      try (SessionFollower resumed = new SessionFollower(client, session, first)) {
        List<JsonNode> events = resumed.await(SessionFollower::isIdle);
        assertThat(LogCheck.ids(events)).doesNotHaveDuplicates();
      }
    }
  }

  /** A client that asks for a stream and reads its status line only. */
  private static Socket deaf(ServerUnderTest server, String session) throws IOException {
    URI url = URI.create(server.url());
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new java.net.InetSocketAddress(url.getHost(), url.getPort()));
    OutputStream out = socket.getOutputStream();
    out.write(
        "GET /v1/sessions/%s/events/stream HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\n\r\n"
            .formatted(session, ServerUnderTest.KEY)
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    InputStream in = socket.getInputStream();
    assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 200 OK");
    return socket;
  }

  @Test
  void aFullDiskRefusesWritesUntilThereIsSpace() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    Path disk = Files.createDirectory(folder.resolve("home"));
    Optional<String> refused =
        run("mount", "-t", "tmpfs", "-o", "size=48m", "none", disk.toString());
    assumeTrue(
        refused.isEmpty(), "a small file system cannot be mounted here: " + refused.orElse(""));
    try (TestingOpenAi model = new TestingOpenAi(Work::next);
        ServerUnderTest server = ServerUnderTest.start(program(model), folder);
        SessionClient client = SessionClient.of(server)) {
      String session = client.session(Work.agent(client, OWN_MODEL), client.environment());
      String first = client.send(session, SessionClient.message(Work.TASK));
      try (SessionFollower follower = new SessionFollower(client, session, first)) {
        follower.await(events -> events.size() >= 15);
        Path filler = disk.resolve("filler");
        fill(filler);
        await(() -> sendOf(client, session).statusCode() == 503);
        HttpResponse<String> full = sendOf(client, session);
        assertThat(full.body()).contains("space");
        assertThat(client.send("GET", "/healthz", Optional.empty()).statusCode()).isEqualTo(200);
        assertThat(client.get("/v1/sessions/" + session).path("id").asText()).isEqualTo(session);
        Files.delete(filler);
        toTheEnd(client, session, follower);
      }
      try (Store store = Stores.open(Optional.empty(), disk, disk.resolve("files"))) {
        new LogCheck(store, disk.resolve("files/sessions/" + session + "/workspace"))
            .check(new SessionId(session));
      }
    } finally {
      assertThat(run("umount", "-l", disk.toString())).isEmpty();
    }
  }

  private static HttpResponse<String> sendOf(SessionClient client, String session)
      throws IOException, InterruptedException {
    JsonNode body = SessionClient.events(SessionClient.message("more: " + "x".repeat(100_000)));
    return client.send("POST", "/v1/sessions/" + session + "/events", Optional.of(body));
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 1 << 20; i++) {
        out.write(block);
      }
      throw new AssertionError("the disk does not fill up");
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("space");
    }
  }

  @Test
  void sessionsOutliveARestartOfPostgres() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    Postgres.requirePrograms();
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("data"))
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "on");
    EmbeddedPostgres postgres = builder.start();
    builder.setPort(postgres.getPort());
    String url = postgres.getJdbcUrl("postgres", "postgres");
    try (TestingOpenAi model = new TestingOpenAi(Work::next);
        ServerUnderTest server =
            ServerUnderTest.start(program(model).with("PADDOCK_DATABASE_URL", url), folder);
        SessionClient client = SessionClient.of(server)) {
      String agent = Work.agent(client, OWN_MODEL);
      String environment = client.environment();
      List<String> sessions = new ArrayList<>();
      List<SessionFollower> followers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String session = client.session(agent, environment);
        String first = client.send(session, SessionClient.message(Work.TASK));
        sessions.add(session);
        followers.add(new SessionFollower(client, session, first));
      }
      followers.getFirst().await(events -> events.size() >= 20);
      postgres.close();
      assertThat(sendOf(client, sessions.getFirst()).statusCode()).isEqualTo(503);
      assertThat(client.send("GET", "/readyz", Optional.empty()).statusCode()).isEqualTo(503);
      postgres = builder.start();
      Path files = folder.resolve("home").resolve("files");
      for (int i = 0; i < sessions.size(); i++) {
        try (SessionFollower follower = followers.get(i)) {
          toTheEnd(client, sessions.get(i), follower);
        }
        try (Store store = Stores.open(Optional.of(url), folder.resolve("home"), files)) {
          new LogCheck(store, files.resolve("sessions/" + sessions.get(i) + "/workspace"))
              .check(new SessionId(sessions.get(i)));
        }
      }
    } finally {
      postgres.close();
    }
  }

  /** Allows what the session asks for, and waits until it has said that all is done. */
  private static void toTheEnd(SessionClient client, String session, SessionFollower follower)
      throws InterruptedException {
    List<JsonNode> waiting = follower.await(events -> SessionFollower.asks(events).isPresent());
    String call = SessionFollower.asks(waiting).orElseThrow();
    client.sendUntilTaken(session, SessionClient.allow(call), call);
    List<JsonNode> all =
        follower.await(
            events -> SessionFollower.isIdle(events) && SessionFollower.asks(events).isEmpty());
    assertThat(all.getLast().path("stop_reason").path("type").asText()).isEqualTo("end_turn");
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  /** What the command complained of, if it failed. */
  private static Optional<String> run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? Optional.empty() : Optional.of(said.strip());
  }
}
