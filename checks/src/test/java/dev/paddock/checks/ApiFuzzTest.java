package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.checks.ApiRoutes.ApiRoute;
import dev.paddock.checks.RawConnection.Answer;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests as no honest client sends them, to every route of one server. None is a failure of ours,
 * none that is refused stores anything, none brings a secret back, and afterwards the server does
 * what it did before. {@code -Dpaddock.soak=true} sends 200,000; {@code -Dpaddock.fuzz.seed=N}
 * others.
 */
@Tag("slow")
class ApiFuzzTest {
  private static final boolean SOAK = Boolean.getBoolean("paddock.soak");
  private static final int REQUESTS = SOAK ? 200_000 : 1_500;
  private static final int CONNECTIONS = SOAK ? 4 : 2;
  private static final int BLOCK = 500;
  private static final long SEED = Long.getLong("paddock.fuzz.seed", 20_261_124);
  private static final long PATIENCE_SECONDS = 60;
  private static final int TRIES = 5;

  /** In half the heap that the launcher gives; the rest is what a JVM needs beside it. */
  private static final String HEAP = "-Xmx512m -XX:+ExitOnOutOfMemoryError";

  private static final long MOST_MEMORY_KIB = 1L << 20;

  @TempDir Path folder;
  private final FuzzIds ids = new FuzzIds();
  private final FuzzBodies bodies = new FuzzBodies();

  /** Refused ones of which it is not certain that they stored nothing: others wrote meanwhile. */
  private final Queue<FuzzRequest> unsettled = new ConcurrentLinkedQueue<>();

  private final AtomicInteger accepted = new AtomicInteger();

  @BeforeEach
  void confines() {
    assumeTrue(Machine.confines(), Machine.whyNot());
  }

  @Test
  void noRequestIsAFailureOfOurs() throws Exception {
    ApiRoutes routes = new ApiRoutes(folder.resolve("routes"));
    FuzzRequests requests = new FuzzRequests(routes, bodies, ids, SEED);
    try (TestingOpenAi model = new TestingOpenAi(ApiFuzzTest::said)) {
      Program program =
          new Program(folder)
              .with("OPENAI_BASE_URL", model.url())
              .with("OPENAI_API_KEY", "upstream-key")
              .with("PADDOCK_CACHE", folder.resolve("cache").toString())
              .with("JDK_JAVA_OPTIONS", HEAP);
      try (ServerUnderTest server = ServerUnderTest.start(program, folder);
          StoreWatch store = new StoreWatch(program.home())) {
        everyBodyIsAccepted(routes, requests, server);
        for (int first = 0; first < REQUESTS; first += BLOCK) {
          send(requests, first, Math.min(REQUESTS, first + BLOCK), program.home(), server);
          settle(server, store);
          model.requests().clear();
        }
        atRest(server, store);
        assertThat(accepted).hasValueBetween(REQUESTS / 20, REQUESTS / 2);
        stillAnswers(server);
        assertThat(server.log())
            .as("the log")
            .doesNotContain(ServerUnderTest.KEY)
            .doesNotContain(FuzzBodies.SECRET);
      }
    }
  }

  /** A grader is content, so that an outcome ends at once. */
  private static TestingOpenAi.Answer said(JsonNode request) {
    return request.toString().contains("needs_revision")
        ? new TestingOpenAi.Answer.Text("{\"explanation\": \"e\", \"result\": \"satisfied\"}")
        : ModelScript.answer(request);
  }

  /** Without this the fuzz would not get far into a route. */
  private void everyBodyIsAccepted(ApiRoutes routes, FuzzRequests requests, ServerUnderTest server)
      throws IOException {
    try (RawConnection connection = new RawConnection(server.url())) {
      for (String name : bodies.routes()) {
        ApiRoute route =
            routes.offered().stream()
                .filter(offered -> offered.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("api-bodies.json: no route " + name));
        for (int i = 0; i < bodies.size(name); i++) {
          FuzzRequest request = requests.valid(route, i);
          Answer answer = check(request, connection.send(request));
          assertThat(answer.accepted()).as("%s%n->%n%s", request, answer).isTrue();
        }
      }
    }
  }

  private void send(FuzzRequests requests, int from, int to, Path home, ServerUnderTest server)
      throws InterruptedException {
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (int worker = 0; worker < CONNECTIONS; worker++) {
        int first = from + worker;
        workers.add(
            threads.submit(
                () -> {
                  try (RawConnection connection = new RawConnection(server.url());
                      StoreWatch store = new StoreWatch(home)) {
                    for (int number = first; number < to; number += CONNECTIONS) {
                      send(number, requests.next(number), connection, store, server);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a request failed", e.getCause());
    }
  }

  private void send(
      int number,
      FuzzRequest request,
      RawConnection connection,
      StoreWatch store,
      ServerUnderTest server)
      throws IOException {
    String before = store.commits();
    try {
      Answer answer = check(request, connection.send(request));
      if (answer.accepted()) {
        accepted.incrementAndGet();
      } else if (!store.commits().equals(before)) {
        unsettled.add(request);
      }
    } catch (IOException | AssertionError e) {
      Path file = Path.of("target", "fuzz-%d.request".formatted(number)).toAbsolutePath();
      Files.write(file, request.bytes());
      throw new AssertionError(
          "request %d of seed %d; again: nc HOST PORT < %s%n%s%n%n%s%n%nthe log:%n%s"
              .formatted(number, SEED, file, request, e.getMessage(), failures(server.log())),
          e);
    }
  }

  /** What the log says of failures, and its end. */
  private static String failures(String log) {
    return log.lines().filter(line -> line.contains("\"level\":\"error\"")).limit(5).toList()
        + "\n"
        + end(log);
  }

  private static String end(String text) {
    return text.substring(Math.max(0, text.length() - 2500));
  }

  private Answer check(FuzzRequest request, Answer answer) {
    String all = answer.head() + "\n\n" + answer.body();
    assertThat(answer.status()).as(all).isLessThan(500);
    assertThat(all).doesNotContain(ServerUnderTest.KEY).doesNotContain(FuzzBodies.SECRET);
    boolean json = answer.header("content-type").equals("application/json");
    if (answer.status() >= 400 && !request.method().equals("HEAD")) {
      assertThat(json).as(all).isTrue();
      String shape = shape(tree(answer));
      request.shape().ifPresent(own -> assertThat(shape).as(all).isEqualTo(own));
    } else if (json && answer.accepted() && request.framed() && !answer.body().isEmpty()) {
      ids.learn(request.dialect(), request.method(), request.path(), tree(answer));
    }
    return answer;
  }

  private static JsonNode tree(Answer answer) {
    try {
      return Json.tree(
          new String(answer.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    } catch (PaddockException e) {
      throw new AssertionError("no JSON: " + answer, e);
    }
  }

  /** Whose error it is. */
  private static String shape(JsonNode body) {
    JsonNode error = body.path("error");
    assertThat(error.path("message").asText()).as("%s", body).isNotBlank();
    if (error.path("code").isInt() && error.path("status").isTextual()) {
      return "gemini";
    }
    assertThat(error.path("type").isTextual()).as("%s", body).isTrue();
    if (error.has("param") && error.has("code")) {
      return "openai";
    }
    assertThat(body.path("request_id").asText()).as("%s", body).isNotBlank();
    return body.path("type").asText().equals("error") ? "anthropic" : "paddock";
  }

  /** Sends again, alone, what may have stored something; what does so does it every time. */
  private void settle(ServerUnderTest server, StoreWatch store) throws IOException {
    atRest(server, store);
    try (RawConnection connection = new RawConnection(server.url())) {
      for (FuzzRequest request; (request = unsettled.poll()) != null; ) {
        String before = store.commits();
        Answer answer = check(request, connection.send(request));
        if (answer.accepted()) {
          atRest(server, store);
        } else if (!store.commits().equals(before)) {
          storesNothing(request, connection, server, store);
        }
      }
    }
  }

  private void storesNothing(
      FuzzRequest request, RawConnection connection, ServerUnderTest server, StoreWatch store)
      throws IOException {
    String before = "";
    String after = "";
    for (int i = 0; i < TRIES; i++) {
      atRest(server, store);
      before = store.content();
      Answer answer = check(request, connection.send(request));
      after = store.content();
      if (answer.accepted() || after.equals(before)) {
        return;
      }
    }
    throw new AssertionError(
        "seed %d: refused, and yet it stored something%n%s%nbefore: %s%nafter:  %s"
            .formatted(SEED, request, before, after));
  }

  private static void atRest(ServerUnderTest server, StoreWatch store) {
    await("the sessions rest", server, store::running, () -> store.unfinished() == 0);
  }

  private static void await(
      String what, ServerUnderTest server, Supplier<String> instead, BooleanSupplier holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "seed %d: still not: %s; but%n%s%n%s"
                .formatted(SEED, what, instead.get(), end(server.log())));
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static void stillAnswers(ServerUnderTest server) throws Exception {
    try (SessionClient client = SessionClient.of(server)) {
      assertThat(client.get("/readyz").path("status").asText()).isEqualTo("ready");
      String session =
          client.session(client.agent("a", "openai/scripted", Map.of()), client.environment());
      String first = client.send(session, SessionClient.message("say still here"));
      try (SessionFollower follower = new SessionFollower(client, session, first)) {
        assertThat(follower.await(SessionFollower::isIdle))
            .anySatisfy(event -> assertThat(event.toString()).contains("still here"));
      }
      await(
          "no stream is open",
          server,
          () -> metrics(client),
          () -> metrics(client).contains("\npaddock_streams_open 0\n"));
    }
    Path status = Path.of("/proc", Long.toString(server.process().pid()), "status");
    long most =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    assertThat(most).as("KiB that the server held at most").isBetween(1L, MOST_MEMORY_KIB);
  }

  private static String metrics(SessionClient client) {
    try {
      return client.send("GET", "/metrics", Optional.empty()).body();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
