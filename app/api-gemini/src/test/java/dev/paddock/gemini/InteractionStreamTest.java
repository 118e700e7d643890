package dev.paddock.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.server.TestingPlatform;
import dev.paddock.server.spi.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractionStreamTest {
  @TempDir Path folder;
  private TestingPlatform platform;
  private TestingApi api;
  private String id;
  private TestingRun run;

  @BeforeEach
  void create() {
    platform = TestingApi.platform(folder);
    api = new TestingApi(platform);
    begin();
  }

  @AfterEach
  void close() {
    platform.close();
  }

  private void begin() {
    id =
        api.post(
                "/v1beta/interactions",
                "{\"model\":\"test/one\",\"input\":\"hi\",\"background\":true}")
            .path("id")
            .asText();
    run = new TestingRun(platform, new SessionId("sesn_" + id.substring(4)));
  }

  private Reply open(TestingClient client) {
    String from = client.lastId().map(last -> "&last_event_id=" + last).orElse("");
    return api.call(
        "GET", "/v1beta/interactions/" + id + "?stream=true" + from, Map.of(), new byte[0]);
  }

  private JsonNode steps() {
    return api.get("/v1beta/interactions/" + id).path("steps");
  }

  @Test
  void wordsAreToldBeforeTheyStandInTheLog() throws InterruptedException {
    TestingClient client = new TestingClient();
    run.begin();
    EventId start = run.ask();
    EventId message = EventId.next();
    run.say(message, "Hel");
    client.read(open(client), 100);
    assertThat(client.steps().path(0).path("content").path(0).path("text").asText())
        .isEqualTo("Hel");

    run.say(message, "lo");
    run.answer(start, TestingRun.message(message, "Hello"));
    run.finish();
    client.readAll(open(client));
    assertThat(client.steps()).isEqualTo(steps());
    assertThat(client.events.stream().map(e -> e.path("event_type").asText()))
        .containsOnlyOnce(
            "step.start", "step.stop", "interaction.created", "interaction.completed");
  }

  @Test
  void anAnswerThatFailedIsVoidAndBegunAnewAtItsIndex() throws InterruptedException {
    TestingClient client = new TestingClient();
    run.begin();
    EventId first = run.ask();
    run.think(EventId.next(), "Hmm");
    run.say(EventId.next(), "Wrong");
    client.read(open(client), 100);
    assertThat(client.steps()).hasSize(2);
    run.fail(first);
    EventId second = run.ask();
    EventId message = EventId.next();
    run.answer(second, TestingRun.message(message, "Right"));
    run.finish();
    client.readAll(open(client));
    assertThat(client.steps().path(0)).isEqualTo(steps().path(0));
    assertThat(
            client.events.stream()
                .filter(e -> e.path("event_type").asText().equals("step.start"))
                .map(e -> e.path("index").asInt()))
        .containsExactly(0, 1, 0);
  }

  @Test
  void aFailureIsToldAndEndsTheStream() throws InterruptedException {
    TestingClient client = new TestingClient();
    run.begin();
    platform.append(
        new SessionId("sesn_" + id.substring(4)),
        new SessionEvent.SessionError(
            EventId.next(),
            Json.tree(
                "{\"code\":\"unavailable\",\"message\":\"down\",\"retry_status\":{\"type\":\"exhausted\"}}")));
    run.rest(new StopReason.RetriesExhausted());
    client.readAll(open(client));
    assertThat(client.events.stream().map(e -> e.path("event_type").asText()))
        .containsExactly(
            "interaction.created",
            "interaction.status_update",
            "error",
            "interaction.status_update",
            "interaction.completed");
    assertThat(client.events.get(2).path("error").path("message").asText()).isEqualTo("down");
    assertThat(client.events.getLast().path("interaction").path("status").asText())
        .isEqualTo("failed");
  }

  @Test
  void aDeletedInteractionEndsItsStreams() throws InterruptedException {
    TestingClient client = new TestingClient();
    run.begin();
    Reply stream = open(client);
    api.json("DELETE", "/v1beta/interactions/" + id, "");
    run.say(EventId.next(), "nobody hears it");
    client.readAll(stream);
    assertThat(client.events.getLast().path("event_type").asText()).isEqualTo("error");
  }

  /** Clients that are cut anywhere, again and again, while all kinds of things happen. */
  @Test
  void whereverAClientIsCutItLosesAndDoublesNothing() throws InterruptedException {
    for (int seed = 0; seed < 60; seed++) {
      begin();
      Random random = new Random(seed);
      List<TestingClient> clients = List.of(new TestingClient(), new TestingClient());
      run.begin();
      int turns = 1 + random.nextInt(4);
      for (int turn = 0; turn < turns; turn++) {
        turn(random, clients, turn == turns - 1);
      }
      run.finish();
      for (TestingClient client : clients) {
        client.readAll(open(client));
        assertThat(client.steps()).as("seed %d", seed).isEqualTo(steps());
        assertThat(client.events.stream().map(e -> e.path("event_id").asText()))
            .as("seed %d", seed)
            .doesNotHaveDuplicates();
      }
    }
  }

  private void turn(Random random, List<TestingClient> clients, boolean last)
      throws InterruptedException {
    for (int attempt = random.nextInt(3); attempt > 0; attempt--) {
      EventId start = run.ask();
      speak(random, clients, EventId.next(), EventId.next(), random.nextBoolean(), "no ");
      run.fail(start);
      cut(random, clients);
    }
    EventId start = run.ask();
    EventId thought = EventId.next();
    EventId message = EventId.next();
    boolean thinks = random.nextBoolean();
    String said = speak(random, clients, thought, message, thinks, "yes ");
    SessionEvent answer = TestingRun.message(message, said);
    SessionEvent.AgentToolUse call = TestingRun.bash("ls");
    SessionEvent.AgentCustomToolUse function = TestingRun.function("f");
    if (last && thinks) {
      run.answer(start, TestingRun.thinking(thought, said), answer, function);
    } else if (last) {
      run.answer(start, answer);
    } else if (thinks) {
      run.answer(start, TestingRun.thinking(thought, said), answer, call);
    } else {
      run.answer(start, answer, call);
    }
    cut(random, clients);
    if (!last) {
      run.result(call.id(), "a file");
      cut(random, clients);
    }
  }

  private String speak(
      Random random,
      List<TestingClient> clients,
      EventId thought,
      EventId message,
      boolean thinks,
      String word)
      throws InterruptedException {
    int words = 1 + random.nextInt(4);
    if (thinks) {
      for (int i = 0; i < words; i++) {
        run.think(thought, word);
        cut(random, clients);
      }
    }
    for (int i = 0; i < words; i++) {
      run.say(message, word);
      cut(random, clients);
    }
    return word.repeat(words);
  }

  private void cut(Random random, List<TestingClient> clients) throws InterruptedException {
    for (TestingClient client : clients) {
      if (random.nextInt(3) == 0) {
        client.read(open(client), 1 + random.nextInt(6));
      }
    }
  }
}
