package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Ending;
import dev.paddock.core.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of {@code docs/faults.md} that a model server causes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class FaultTest {
  private static final String MODEL = "openai/scripted";
  private static final String WORD =
      TestingOpenAi.chunk(Json.object().put("role", "assistant").put("content", "half "), "");

  private final AtomicInteger requests = new AtomicInteger();
  private volatile IntFunction<Answer> script = number -> new Answer.Text("");
  private Optional<TestingOpenAi> model = Optional.empty();
  private Optional<ServerUnderTest> server = Optional.empty();

  @BeforeAll
  void start(@TempDir Path folder) {
    TestingOpenAi answering =
        new TestingOpenAi(request -> script.apply(requests.getAndIncrement()));
    model = Optional.of(answering);
    server =
        Optional.of(
            ServerUnderTest.start(
                new Program(folder)
                    .with("OPENAI_BASE_URL", answering.url())
                    .with("OPENAI_API_KEY", "upstream-key")
                    .with("PADDOCK_MODEL_SILENCE", "1"),
                folder));
  }

  @AfterAll
  void stop() {
    server.ifPresent(ServerUnderTest::close);
    model.ifPresent(TestingOpenAi::close);
  }

  /** The fault once; what the log says of it; the code that a program can switch on. */
  static Stream<Arguments> passing() {
    return Stream.of(
        Arguments.of("429, date", limited(date(2)), "rate_limited"),
        Arguments.of("stalls", raw("", Ending.SILENCE), "timeout"),
        Arguments.of("stalls in the middle", raw(WORD, Ending.SILENCE), "timeout"),
        Arguments.of("cuts in the middle", raw(WORD, Ending.CUT), "unavailable"),
        Arguments.of("ends before its end", raw(WORD, Ending.WHOLE), "unavailable"),
        Arguments.of("sends garbage", raw("data: {\"choices\": [}\n\n", Ending.WHOLE), "unavailable"),
        Arguments.of("503", new Answer.Failure(503), "unavailable"),
        Arguments.of("529", new Answer.Failure(529), "overloaded"),
        Arguments.of("429, seconds", limited("1"), "rate_limited"));
  }

  private static Answer raw(String text, Ending ending) {
    return new Answer.Raw(text, ending);
  }

  private static Answer limited(String retryAfter) {
    return new Answer.Failure(429, Map.of("Retry-After", retryAfter));
  }

  private static String date(long seconds) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("passing")
  void aSessionTriesAgainAndSaysSo(String name, Answer fault, String code) throws Exception {
    List<JsonNode> events = session(number -> number == 0 ? fault : new Answer.Text("fine"));
    assertThat(errors(events)).hasSize(1);
    assertThat(errors(events).getFirst().path("code").asText()).isEqualTo(code);
    assertThat(retryStatus(events)).containsExactly("retrying");
    assertThat(texts(events)).containsExactly("fine");
    assertThat(stopReason(events)).isEqualTo("end_turn");
  }

  @Test
  void aRefusedKeyIsNotTriedAgain() throws Exception {
    List<JsonNode> events = session(number -> new Answer.Failure(401));
    assertThat(retryStatus(events)).containsExactly("exhausted");
    assertThat(errors(events).getFirst().path("message").asText()).contains("OPENAI_API_KEY");
    assertThat(stopReason(events)).isEqualTo("retries_exhausted");
    assertThat(requests).hasValue(1);
  }

  @Test
  void aWaitBeyondAMinuteEndsTheTurn() throws Exception {
    for (Answer answer : List.of(limited("3600"), limited(date(3600)))) {
      List<JsonNode> events = session(number -> answer);
      assertThat(errors(events).getFirst().path("type").asText())
          .isEqualTo("model_rate_limited_error");
      assertThat(retryStatus(events)).containsExactly("exhausted");
      assertThat(stopReason(events)).isEqualTo("retries_exhausted");
    }
  }

  @Test
  @Tag("slow")
  void aStormEndsTheTurnAfterFiveRetriesAndTheNextMessageGoesOn() throws Exception {
    try (SessionClient client = SessionClient.of(running())) {
      requests.set(0);
      script = number -> new Answer.Failure(500 + number % 4);
      String session = client.session(client.agent("a", MODEL, Map.of()), client.environment());
      List<JsonNode> events = turn(client, session);
      assertThat(retryStatus(events))
          .containsExactly("retrying", "retrying", "retrying", "retrying", "retrying", "exhausted");
      assertThat(stopReason(events)).isEqualTo("retries_exhausted");
      script = number -> new Answer.Text("fine again");
      assertThat(texts(turn(client, session))).containsExactly("fine again");
    }
  }

  @Test
  void anInterruptEndsAStall() throws Exception {
    try (SessionClient client = SessionClient.of(running())) {
      requests.set(0);
      script = number -> new Answer.Raw(WORD, Ending.SILENCE);
      String session = client.session(client.agent("a", MODEL, Map.of()), client.environment());
      String first = client.send(session, SessionClient.message("hello"));
      try (SessionFollower follower = new SessionFollower(client, session, first)) {
        follower.await(events -> has(events, "span.model_request_start"));
        client.send(session, Json.object().put("type", "user.interrupt"));
        assertThat(stopReason(follower.await(SessionFollower::isIdle))).isEqualTo("end_turn");
      }
    }
  }

  /** Path, fault, status. A stateless call is tried again for at most 5 s in all. */
  static Stream<Arguments> stateless() {
    return Stream.of("/v1/chat/completions", "/v1/messages", "/v1/responses")
        .flatMap(
            path ->
                Stream.of(
                    Arguments.of(path, limited("30"), 429),
                    Arguments.of(path, limited(date(30)), 429),
                    Arguments.of(path, new Answer.Failure(503), 503),
                    Arguments.of(path, new Answer.Failure(500), 503),
                    Arguments.of(path, new Answer.Failure(529), 503),
                    Arguments.of(path, raw("", Ending.SILENCE), 504),
                    Arguments.of(path, raw("nonsense\n\n", Ending.WHOLE), 503),
                    Arguments.of(path, raw("", Ending.CUT), 503)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("stateless")
  void aStatelessCallFailsAsTheModelDid(String path, Answer fault, int status) throws Exception {
    HttpResponse<String> answer = call(path, fault, false);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Json.tree(answer.body()).path("error").path("message").asText()).isNotEmpty();
    assertThat(answer.headers().firstValue("x-should-retry")).contains("true");
    if (status == 429) {
      assertThat(answer.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(20L, 31L);
      assertThat(requests).hasValue(1);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aStreamThatBreaksOffSaysSo(String path) throws Exception {
    HttpResponse<String> answer = call(path, raw(WORD, Ending.CUT), true);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("half ").contains("error").contains("the connection broke");
    assertThat(requests).hasValue(1);
  }

  static List<String> paths() {
    return List.of("/v1/chat/completions", "/v1/messages", "/v1/responses");
  }

  private HttpResponse<String> call(String path, Answer fault, boolean stream) throws Exception {
    requests.set(0);
    script = number -> fault;
    ObjectNode body = Json.object().put("model", MODEL).put("stream", stream);
    if (path.endsWith("responses")) {
      body.put("input", "hello");
    } else {
      body.put("max_tokens", 50);
      body.putArray("messages").addObject().put("role", "user").put("content", "hello");
    }
    try (SessionClient client = SessionClient.of(running())) {
      return client.send("POST", path, Optional.of(body));
    }
  }

  private List<JsonNode> session(IntFunction<Answer> answers) throws Exception {
    requests.set(0);
    script = answers;
    try (SessionClient client = SessionClient.of(running())) {
      String session = client.session(client.agent("a", MODEL, Map.of()), client.environment());
      return turn(client, session);
    }
  }

  private static List<JsonNode> turn(SessionClient client, String session) throws Exception {
    String first = client.send(session, SessionClient.message("hello"));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      return follower.await(SessionFollower::isIdle);
    }
  }

  private ServerUnderTest running() {
    assumeTrue(Machine.confines(), Machine.whyNot());
    return server.orElseThrow();
  }

  private static boolean has(List<JsonNode> events, String type) {
    return events.stream().anyMatch(event -> event.path("type").asText().equals(type));
  }

  private static List<JsonNode> errors(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.path("type").asText().equals("session.error"))
        .map(event -> event.path("error"))
        .toList();
  }

  private static List<String> retryStatus(List<JsonNode> events) {
    return errors(events).stream()
        .map(error -> error.path("retry_status").path("type").asText())
        .toList();
  }

  private static List<String> texts(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.path("type").asText().equals("agent.message"))
        .map(event -> event.path("content").path(0).path("text").asText())
        .toList();
  }

  private static String stopReason(List<JsonNode> events) {
    return events.getLast().path("stop_reason").path("type").asText();
  }
}
