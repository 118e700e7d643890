package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.Preview;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path home;
  private TestingApi api;
  private String session;

  @BeforeEach
  void open() {
    api = new TestingApi(home);
    session = api.session();
  }

  @AfterEach
  void close() {
    api.close();
  }

  private EventSource stream(String query, Map<String, List<String>> headers) {
    TestingApi.Answer answer =
        api.call(
            "GET", "/v1/sessions/" + session + "/events/stream" + query, "", List.of(), headers);
    assertThat(answer.status()).as(answer.message()).isEqualTo(200);
    return ((Reply.Events) answer.reply()).source();
  }

  private static List<EventSource.Event> take(EventSource source, int count)
      throws InterruptedException {
    List<EventSource.Event> events = new ArrayList<>();
    while (events.size() < count) {
      EventSource.Batch batch = source.next(LONG);
      assertThat(batch.events()).isNotEmpty();
      events.addAll(batch.events());
    }
    return events;
  }

  private SessionEvent.AgentMessage says(String text) {
    return new SessionEvent.AgentMessage(EventId.next(), List.of(ContentBlock.text(text)));
  }

  @Test
  void aStreamBeginsWhereItWasOpenedAndResumesAfterAnId() throws Exception {
    SessionEvent.AgentMessage first = says("one");
    SessionEvent.AgentMessage second = says("two");
    api.loop(session, first);
    try (EventSource source = stream("", Map.of())) {
      api.loop(session, second);
      EventSource.Event event = take(source, 1).getFirst();
      assertThat(event.id()).contains(second.id().value());
      assertThat(event.name()).contains("agent.message");
    }
    try (EventSource source = stream("", Map.of("last-event-id", List.of(first.id().value())))) {
      assertThat(take(source, 1).getFirst().id()).contains(second.id().value());
    }
    TestingApi.Answer unknown =
        api.call(
            "GET",
            "/v1/sessions/" + session + "/events/stream",
            "",
            List.of(),
            Map.of("last-event-id", List.of("sevt_nothing")));
    assertThat(unknown.status()).isEqualTo(400);
  }

  @Test
  void previewsComeBeforeTheirEventAndCarryNoId() throws Exception {
    SessionEvent.AgentMessage message = says("hello there");
    try (EventSource source = stream("?event_deltas[]=agent.message", Map.of())) {
      api.platform.say(
          new SessionId(session), new Preview.Thinking(EventId.next(), "not asked for"));
      api.platform.say(new SessionId(session), new Preview.Text(message.id(), "hello "));
      api.platform.say(new SessionId(session), new Preview.Text(message.id(), "there"));
      api.loop(session, message);
      List<EventSource.Event> events = take(source, 4);

      assertThat(events.stream().map(event -> event.name().orElse("")).toList())
          .containsExactly("event_start", "event_delta", "event_delta", "agent.message");
      assertThat(events.getFirst().id()).isEmpty();
      JsonNode start = Json.tree(events.getFirst().data());
      assertThat(start.path("event").path("id").asText()).isEqualTo(message.id().value());
      JsonNode delta = Json.tree(events.get(2).data()).path("delta");
      assertThat(delta.path("content").path("text").asText()).isEqualTo("there");
    }
    assertThat(api.platform.listeners()).isZero();
    assertThat(api.get("/v1/sessions/" + session + "/events").path("data")).hasSize(1);
  }

  @Test
  void aSlowReaderLosesPreviewsButNoEvent() throws Exception {
    SessionEvent.AgentMessage message = says("x".repeat(5000));
    try (EventSource source = stream("?event_deltas[]=agent.message", Map.of())) {
      for (int i = 0; i < 5000; i++) {
        api.platform.say(new SessionId(session), new Preview.Text(message.id(), "x"));
      }
      api.loop(session, message, says("next"));
      List<EventSource.Event> events = new ArrayList<>();
      while (events.stream().filter(event -> event.id().isPresent()).count() < 2) {
        events.addAll(source.next(LONG).events());
      }
      assertThat(events.size()).isLessThan(1100);
      assertThat(Json.tree(events.getLast().data()).path("content").get(0).path("text").asText())
          .isEqualTo("next");
    }
  }

  @Test
  void aDefectOfTheLogIsNotSwallowed() {
    EventSource broken =
        new EventSource() {
          @Override
          public Batch next(Duration wait) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void close() {}
        };
    try (EventSource source =
        PreviewStream.open(
            broken, api.platform, new SessionId(session), List.of("agent.message"))) {
      assertThatThrownBy(() -> source.next(LONG)).hasMessage("broken");
    }
  }

  @Test
  void aStreamEndsWithItsSession() throws Exception {
    try (EventSource source = stream("", Map.of())) {
      api.loop(session, new SessionEvent.StatusTerminated(EventId.next()));
      assertThat(source.next(LONG).last()).isTrue();
    }
    session = api.session();
    try (EventSource source = stream("", Map.of())) {
      api.platform.sessions().delete(new SessionId(session));
      EventSource.Batch batch = source.next(Duration.ofMillis(50));
      while (batch.events().isEmpty()) {
        batch = source.next(Duration.ofMillis(50));
      }
      assertThat(batch.last()).isTrue();
      assertThat(batch.events().getFirst().name()).contains("session.deleted");
    }
  }

  @Test
  void onlyTheTypesOfTheVendorCanBePreviewed() {
    TestingApi.Answer answer =
        api.call(
            "GET", "/v1/sessions/" + session + "/events/stream?event_deltas[]=agent.tool_use", "");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).startsWith("event_deltas");
  }
}
