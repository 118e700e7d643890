package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.store.SqliteStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryTest {
  @TempDir private Path home;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private SqliteStore store;

  @BeforeEach
  void open() {
    store = SqliteStore.open(home);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Telemetry to(SpanSink sink) {
    return new Telemetry(store, sink, "paddock", "test", log::add);
  }

  private SessionId session() {
    ObjectNode document = Json.object();
    document.putObject("agent").put("name", "helper");
    SessionId id = SessionId.next();
    store.sessions().create(new NewSession(id, WorkspaceId.DEFAULT, document, List.of()));
    return id;
  }

  private void append(SessionId id, SessionEvent... events) {
    store
        .sessions()
        .append(
            id, Append.acknowledged(Stream.of(events).map(NewEvent::of).toArray(NewEvent[]::new)));
  }

  private static SessionEvent end(EventId start) {
    return new SessionEvent.ModelRequestEnd(
        EventId.next(),
        start,
        false,
        new Usage(7, 3, 0, 0),
        Optional.of("tool_use"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static SessionEvent idle() {
    return new SessionEvent.StatusIdle(EventId.next(), new StopReason.EndTurn(), Optional.empty());
  }

  /** A run with one model request and one call; the call's input holds a text to look for. */
  private SessionId run() {
    SessionId id = session();
    EventId request = EventId.next();
    EventId call = EventId.next();
    append(
        id,
        new SessionEvent.StatusRunning(EventId.next()),
        new SessionEvent.ModelRequestStart(request, Optional.of("openai/some/model")),
        new SessionEvent.AgentToolUse(
            call,
            "bash",
            Json.object().put("command", "private"),
            Permission.ALLOW,
            Optional.empty()),
        end(request));
    append(id, new SessionEvent.AgentToolResult(EventId.next(), call, List.of(), true), idle());
    return id;
  }

  private List<JsonNode> spans(Path file) throws Exception {
    List<JsonNode> spans = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      Json.tree(line).at("/resourceSpans/0/scopeSpans/0/spans").forEach(spans::add);
    }
    return spans;
  }

  private static JsonNode attribute(JsonNode span, String key) {
    for (JsonNode each : span.path("attributes")) {
      if (each.path("key").asText().equals(key)) {
        return each.path("value");
      }
    }
    return MissingNode.getInstance();
  }

  @Test
  void aRunBecomesAnAgentSpanWithARequestAndACallBelow() throws Exception {
    run();
    Path file = home.resolve("spans.jsonl");
    assertThat(to(new SpanSink.ToFile(file)).sendNext()).isTrue();

    List<JsonNode> spans = spans(file);
    assertThat(spans)
        .extracting(span -> span.path("name").asText())
        .containsExactly("chat some/model", "execute_tool bash", "invoke_agent helper");
    JsonNode agent = spans.get(2);
    assertThat(spans.get(0).path("parentSpanId")).isEqualTo(agent.path("spanId"));
    assertThat(spans.get(1).path("parentSpanId")).isEqualTo(agent.path("spanId"));
    assertThat(agent.has("parentSpanId")).isFalse();
    JsonNode chat = spans.get(0);
    assertThat(attribute(chat, "gen_ai.provider.name").path("stringValue").asText())
        .isEqualTo("openai");
    assertThat(attribute(chat, "gen_ai.usage.input_tokens").path("intValue").asText())
        .isEqualTo("7");
    assertThat(
            attribute(chat, "gen_ai.response.finish_reasons")
                .at("/arrayValue/values/0/stringValue")
                .asText())
        .isEqualTo("tool_use");
    assertThat(attribute(spans.get(1), "error.type").path("stringValue").asText())
        .isEqualTo("tool_error");
    assertThat(Files.readString(file)).doesNotContain("private");
  }

  @Test
  void whatBeganBeforeARestartIsToldWithItsBeginning() throws Exception {
    SessionId id = session();
    EventId request = EventId.next();
    append(
        id,
        new SessionEvent.StatusRunning(EventId.next()),
        new SessionEvent.ModelRequestStart(request, Optional.of("openai/m")));
    Path file = home.resolve("spans.jsonl");
    to(new SpanSink.ToFile(file)).sendNext();
    append(id, end(request), idle());
    to(new SpanSink.ToFile(file)).sendNext();
    assertThat(spans(file))
        .extracting(span -> span.path("name").asText())
        .containsExactly("chat m", "invoke_agent helper");
  }

  @Test
  void aCollectorThatIsAwayForAWhileMissesNothing() throws Exception {
    AtomicInteger answers = new AtomicInteger();
    List<String> bodies = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(answers.getAndIncrement() == 0 ? 503 : 200, -1);
          exchange.close();
        });
    collector.start();
    try {
      run();
      URI traces =
          URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces");
      try (Telemetry telemetry = to(SpanSink.ToEndpoint.of(traces, Map.of()))) {
        telemetry.start();
        while (store.cursors().position(Telemetry.NAME) == 0) {
          Thread.onSpinWait();
        }
      }
      assertThat(bodies).hasSize(2);
      assertThat(bodies.get(1)).isEqualTo(bodies.get(0)).contains("invoke_agent helper");
      assertThat(log).hasSize(1).first().asString().contains("503");
    } finally {
      collector.stop(0);
    }
  }
}
