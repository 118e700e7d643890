package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.store.Store;
import dev.paddock.store.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers are killed or paused at random points of {@link Work}: no event is lost or doubled, each
 * call has exactly one result, no effect happens twice, no success is reported without its effect,
 * what waits for a person goes on waiting, and the session comes to its end.
 */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.HOURS)
class ServerKillTest {
  private static final boolean SOAK = Boolean.getBoolean("paddock.soak");
  private static final int KILLS = SOAK ? 100 : 4;
  private static final int PAUSES = SOAK ? 10 : 1;
  private static final int KILLS_A_SESSION = 2;

  /** About as many events as {@link Work} has. */
  private static final int SPAN = 90;

  private static final String MODEL = "ollama/scripted";

  @TempDir Path folder;

  private final Random random = new Random(20_261_124);
  private Path files = Path.of("");
  private Optional<String> database = Optional.empty();

  @Test
  void aServerWithAFileDatabaseIsKilled() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    try (TestingOpenAi model = new TestingOpenAi(Work::next)) {
      Program program = program("one", model);
      files = program.home().resolve("files");
      try (Fleet fleet = new Fleet(folder, List.of(program));
          SessionClient client = new SessionClient(fleet::url)) {
        String session = "";
        while (fleet.kills() < KILLS) {
          session = workWithKills(fleet, client);
        }
        System.out.printf("ServerKillTest: %d kills of one server%n", fleet.kills());
        Program.Result verified = program.run("sessions", "verify", session);
        assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();
      }
    }
  }

  @Test
  void oneOfTwoNodesOnOneDatabaseIsKilledOrPaused() throws Exception {
    assumeTrue(Machine.confines(), Machine.whyNot());
    Postgres.requirePrograms();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        TestingOpenAi model = new TestingOpenAi(Work::next)) {
      files = folder.resolve("shared");
      database = Optional.of(postgres.getJdbcUrl("postgres", "postgres"));
      List<Program> nodes = List.of(node("one", model), node("two", model));
      try (Fleet fleet = new Fleet(folder, nodes);
          SessionClient client = new SessionClient(fleet::url)) {
        while (fleet.kills() < KILLS) {
          workWithKills(fleet, client);
        }
        for (int pauses = 0; pauses < PAUSES; pauses++) {
          fleet.awaitSuccessor();
          workWithAPause(fleet, client);
        }
        System.out.printf(
            "ServerKillTest: %d kills and %d pauses of two nodes%n", fleet.kills(), PAUSES);
      }
    }
  }

  private Program program(String name, TestingOpenAi model) throws Exception {
    return new Program(Files.createDirectory(folder.resolve(name)))
        .with("OLLAMA_HOST", URI.create(model.url()).getAuthority())
        .with("PADDOCK_MODEL", MODEL);
  }

  private Program node(String name, TestingOpenAi model) throws Exception {
    return program(name, model)
        .with("PADDOCK_DATABASE_URL", database.orElseThrow())
        .with("PADDOCK_FILES", files.toString());
  }

  private String workWithKills(Fleet fleet, SessionClient client) throws Exception {
    String session = client.session(Work.agent(client, MODEL), client.environment());
    String first = client.send(session, SessionClient.message(Work.TASK));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      Set<String> answered = new HashSet<>();
      int kills = KILLS_A_SESSION;
      int at = 1 + random.nextInt(SPAN / 2);
      while (true) {
        int next = at;
        List<JsonNode> seen =
            follower.await(
                events ->
                    events.size() >= next
                        || SessionFollower.isIdle(events) && fresh(events, answered));
        Optional<String> waiting =
            SessionFollower.asks(seen).filter(call -> !answered.contains(call));
        if (waiting.isPresent()) {
          kills -= answer(fleet, client, session, waiting.get(), kills);
          answered.add(waiting.get());
        } else if (SessionFollower.isIdle(seen) && fresh(seen, answered)) {
          break;
        } else {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(100)));
          fleet.kill();
          kills--;
          at = kills > 0 ? seen.size() + 1 + random.nextInt(SPAN / 2) : Integer.MAX_VALUE;
        }
      }
      check(client, session, first, follower.await(events -> true));
      return session;
    }
  }

  /** Whether the last event that says where the session stands came after what was answered. */
  private static boolean fresh(List<JsonNode> events, Set<String> answered) {
    return SessionFollower.asks(events).map(call -> !answered.contains(call)).orElse(true);
  }

  /**
   * Returns how often the server was killed: before the answer, while it is sent, or not at all.
   */
  private int answer(Fleet fleet, SessionClient client, String session, String call, int kills)
      throws Exception {
    ObjectNode allow = SessionClient.allow(call);
    int choice = kills > 0 ? random.nextInt(3) : 2;
    if (choice == 0) {
      fleet.kill();
      assertThat(status(client, session)).isEqualTo("idle");
      client.sendUntilTaken(session, allow, call);
    } else if (choice == 1) {
      try (ExecutorService aside = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<String> sent = aside.submit(() -> client.sendUntilTaken(session, allow, call));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(20)));
        fleet.kill();
        sent.get();
      }
    } else {
      client.sendUntilTaken(session, allow, call);
    }
    return choice < 2 ? 1 : 0;
  }

  private void workWithAPause(Fleet fleet, SessionClient client) throws Exception {
    String session = client.session(Work.agent(client, MODEL), client.environment());
    String first = client.send(session, SessionClient.message(Work.TASK));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      int at = 1 + random.nextInt(SPAN / 3);
      follower.await(events -> events.size() >= at);
    }
    ServerUnderTest paused = fleet.pause();
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      List<JsonNode> seen =
          follower.await(
              events -> SessionFollower.asks(events).isPresent() || SessionFollower.isIdle(events));
      Optional<String> call = SessionFollower.asks(seen);
      if (call.isPresent()) {
        client.sendUntilTaken(session, SessionClient.allow(call.get()), call.get());
      }
      List<JsonNode> all =
          follower.await(
              events -> SessionFollower.isIdle(events) && SessionFollower.asks(events).isEmpty());
      List<JsonNode> before = check(client, session, first, all);
      Fleet.resume(paused);
      awaitRest(paused);
      List<JsonNode> after = check(client, session, first, all);
      assertThat(after).as("what a node did that woke late").isEqualTo(before);
    }
  }

  /** Waits until a server runs nothing any more. */
  private static void awaitRest(ServerUnderTest server) throws Exception {
    try (SessionClient client = SessionClient.of(server)) {
      while (!client
          .send("GET", "/metrics", Optional.empty())
          .body()
          .contains("\npaddock_sessions_running 0")) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
  }

  private static String status(SessionClient client, String session) throws Exception {
    return client.get("/v1/sessions/" + session).path("status").asText();
  }

  /** The session's log, when it and its threads' logs are as they must be. */
  private List<JsonNode> check(
      SessionClient client, String session, String first, List<JsonNode> seen) throws Exception {
    assertThat(status(client, session)).isEqualTo("idle");
    Path home = folder.resolve("one").resolve("home");
    try (Store store = Stores.open(database, home, files)) {
      LogCheck check =
          new LogCheck(store, files.resolve("sessions").resolve(session).resolve("workspace"));
      List<JsonNode> log = check.check(new SessionId(session));
      List<JsonNode> threads = client.all("/v1/sessions/" + session + "/threads");
      assertThat(threads).hasSize(2);
      for (JsonNode thread : threads) {
        assertThat(thread.path("status").asText()).isEqualTo("idle");
        check.check(new SessionId(thread.path("id").asText().replace("sthr_", "sesn_")));
      }
      assertThat(log.getLast().path("stop_reason").path("type").asText()).isEqualTo("end_turn");
      assertThat(log)
          .anyMatch(event -> event.path("type").asText().equals("agent.thread_context_compacted"));
      assertThat(LogCheck.ids(seen))
          .as("what a client saw")
          .containsExactlyElementsOf(
              LogCheck.ids(log).dropWhile(id -> !id.equals(first)).skip(1).toList());
      return log;
    }
  }
}
