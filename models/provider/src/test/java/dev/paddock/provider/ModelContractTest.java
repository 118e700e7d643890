package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every adapter does, shown on recorded answers of its provider. */
@Timeout(60)
abstract class ModelContractTest {
  static final String KEY = "sk-test-4e1f00d5ecret";
  private static final HttpLimits PATIENT =
      new HttpLimits(Duration.ofSeconds(50), Duration.ofSeconds(50), 1 << 20, 8L << 20);
  private static final HttpLimits IMPATIENT =
      new HttpLimits(Duration.ofMillis(300), Duration.ofSeconds(50), 1 << 20, 8L << 20);

  private final TestingHttpServer server = new TestingHttpServer();

  /** The folder of its fixtures and the first part of its references. */
  abstract String provider();

  abstract Model model(URI base, HttpLimits limits);

  /** One event of the provider's form that carries this text. */
  abstract String textEvent(String text);

  /** Whether the provider tells a stop sequence from an ordinary end. */
  abstract boolean tellsStopSequence();

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  // --- what is understood -------------------------------------------------------------------

  @Test
  void streamsTextAndCountsTokens() throws Exception {
    List<ModelEvent> events = answer("text", question());
    assertThat(textOf(events)).isEqualTo("Grüße, wörld! 🙂");
    assertThat(events.stream().filter(ModelEvent.TextDelta.class::isInstance).count())
        .isGreaterThan(1);
    assertThat(end(events).reason()).isEqualTo(EndReason.END_TURN);
    assertThat(end(events).usage()).isEqualTo(new Usage(12, 7, 30, 0));
  }

  @Test
  void streamsThinkingApartFromText() throws Exception {
    List<ModelEvent> events = answer("thinking", question());
    assertThat(thinkingOf(events)).isEqualTo("First this. Then that.");
    assertThat(textOf(events)).isEqualTo("42");
    assertThat(end(events).state()).map(ProviderState::provider).contains(provider());
  }

  @Test
  void readsOneToolCall() throws Exception {
    List<ModelEvent> events = answer("tool-call", withTools());
    assertThat(calls(events))
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.index()).isZero();
              assertThat(call.name()).isEqualTo("read");
              assertThat(call.input())
                  .isEqualTo(object("{\"path\":\"a \\\"b\\\".txt\",\"limit\":3}"));
            });
    assertThat(fragments(events, 0)).isEqualTo("{\"path\":\"a \\\"b\\\".txt\",\"limit\":3}");
    assertThat(end(events).reason()).isEqualTo(EndReason.TOOL_USE);
  }

  @Test
  void readsParallelCallsHoweverTheirFragmentsMix() throws Exception {
    List<ModelEvent> events = answer("parallel-calls", withTools());
    assertThat(calls(events)).extracting(ModelEvent.ToolCall::index).containsExactly(0, 1, 2);
    assertThat(calls(events))
        .extracting(ModelEvent.ToolCall::name)
        .containsExactly("read", "read", "list");
    assertThat(calls(events))
        .extracting(ModelEvent.ToolCall::input)
        .containsExactly(object("{\"path\":\"a\"}"), object("{\"path\":\"b\"}"), object("{}"));
    assertThat(end(events).reason()).isEqualTo(EndReason.TOOL_USE);
    int last = events.size() - 1;
    assertThat(events.subList(0, last)).noneMatch(ModelEvent.End.class::isInstance);
  }

  @Test
  void readsAnAnswerInTheAskedSchema() throws Exception {
    List<ModelEvent> events = answer("json", withSchema());
    assertThat(Json.tree(textOf(events))).isEqualTo(object("{\"total\":\"12.50\"}"));
  }

  @ParameterizedTest
  @CsvSource({"max-tokens, MAX_TOKENS", "refusal, REFUSAL", "stop-sequence, STOP_SEQUENCE"})
  void tellsWhyItEnded(String fixture, EndReason reason) throws Exception {
    EndReason expected =
        reason == EndReason.STOP_SEQUENCE && !tellsStopSequence() ? EndReason.END_TURN : reason;
    assertThat(end(answer(fixture, question())).reason()).isEqualTo(expected);
  }

  @Test
  void dropsACallThatTheTokenLimitCut() throws Exception {
    List<ModelEvent> events = answer("cut-call", withTools());
    assertThat(calls(events)).isEmpty();
    assertThat(end(events).reason()).isEqualTo(EndReason.MAX_TOKENS);
  }

  @Test
  void endsOnce() throws Exception {
    server.events(fixture("text"));
    try (ModelStream stream = model(server.url(), PATIENT).stream(question())) {
      read(stream);
      assertThat(stream.next()).isEmpty();
      assertThat(stream.next()).isEmpty();
    }
  }

  // --- what is asked ------------------------------------------------------------------------

  @Test
  void asksForEverythingInTheProvidersForm() throws Exception {
    ObjectNode image =
        Json.object().put("type", "base64").put("media_type", "image/png").put("data", "iVBORw==");
    ModelRequest request =
        new ModelRequest(
            Optional.of("Be brief."),
            List.of(
                new Message.User(
                    List.of(ContentBlock.text("Look:"), new ContentBlock.Image(image))),
                new Message.Assistant(
                    "I read both.",
                    List.of(
                        new Message.Call("call_1", "read", object("{\"path\":\"a\"}")),
                        new Message.Call("call_2", "list", object("{}"))),
                    Optional.empty(),
                    Optional.of(new ProviderState("another", object("{\"x\":1}")))),
                new Message.ToolResult(
                    "call_1", "read", List.of(ContentBlock.text("alpha")), false),
                new Message.ToolResult(
                    "call_2",
                    "list",
                    List.of(ContentBlock.text("no such folder"), new ContentBlock.Image(image)),
                    true),
                new Message.Instruction("Answer in German.")),
            List.of(readTool(), listTool()),
            new ToolChoice.Auto(),
            Optional.of(schema()),
            new Sampling(
                Optional.of(0.5),
                Optional.of(0.9),
                Optional.of(40),
                Optional.of(7L),
                Optional.of(256),
                List.of("END")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    answer("text", request);
    assertThat(server.lastRequest().method()).isEqualTo("POST");
    assertThat(object(server.lastRequest().text())).isEqualTo(expected("everything"));
  }

  @ParameterizedTest
  @CsvSource({"NONE", "LOW", "MEDIUM", "HIGH", "MAX"})
  void asksForEffort(Effort effort) throws Exception {
    answer("text", question().withEffort(Optional.of(effort)));
    assertThat(object(server.lastRequest().text()))
        .isEqualTo(expected("efforts").get(effort.name()));
  }

  @ParameterizedTest
  @CsvSource({"auto", "required", "none", "named"})
  void asksForTools(String choice) throws Exception {
    ToolChoice how =
        switch (choice) {
          case "required" -> new ToolChoice.Required();
          case "none" -> new ToolChoice.None();
          case "named" -> new ToolChoice.Named("list");
          default -> new ToolChoice.Auto();
        };
    answer("text", question().withTools(List.of(listTool()), how));
    assertThat(object(server.lastRequest().text())).isEqualTo(expected("choices").get(choice));
  }

  @Test
  void sendsBackWhatTheProviderWantedKept() throws Exception {
    List<ModelEvent> events = answer("state", withTools());
    ModelEvent.End end = end(events);
    List<Message.Call> calls = new ArrayList<>();
    calls(events)
        .forEach(c -> calls.add(new Message.Call("evt_" + c.index(), c.name(), c.input())));
    ProviderState stored = Json.read(Json.write(end.state().orElseThrow()), ProviderState.class);
    List<Message> messages = new ArrayList<>(question().messages());
    messages.add(
        new Message.Assistant(
            textOf(events), calls, Optional.of(thinkingOf(events)), Optional.of(stored)));
    for (Message.Call call : calls) {
      messages.add(
          new Message.ToolResult(call.id(), call.name(), List.of(ContentBlock.text("ok")), false));
    }
    answer("text", ModelRequest.of(messages).withTools(withTools().tools(), new ToolChoice.Auto()));
    assertThat(object(server.lastRequest().text())).isEqualTo(expected("state"));
  }

  @Test
  void refusesAnAdapter() {
    ModelRequest q = question();
    ModelRequest request =
        new ModelRequest(
            q.system(),
            q.messages(),
            q.tools(),
            q.toolChoice(),
            q.output(),
            q.sampling(),
            q.effort(),
            Optional.of("my-lora"),
            q.logprobs(),
            false);
    Model model = model(server.url(), PATIENT);
    assertThatThrownBy(() -> model.stream(request)).isInstanceOf(ModelException.class);
  }

  // --- what breaks --------------------------------------------------------------------------

  @Test
  void anAnswerCutBetweenEventsIsRetryable() {
    String whole = fixture("text");
    int half = whole.indexOf("\n\n", whole.length() / 3) + 2;
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          out.write(whole.substring(0, half).getBytes(StandardCharsets.UTF_8));
        });
    assertThat(failure(PATIENT)).satisfies(e -> assertCode(e, ErrorCode.UNAVAILABLE));
  }

  @Test
  void anAnswerCutWithinAnEventIsRetryable() {
    String whole = fixture("text");
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(
              out, 200, "content-type: text/event-stream", "transfer-encoding: chunked");
          TestingHttpServer.chunk(out, whole.substring(0, whole.length() / 3));
          out.write("ffff\r\nhalf".getBytes(StandardCharsets.UTF_8));
        });
    assertThat(failure(PATIENT)).satisfies(e -> assertCode(e, ErrorCode.UNAVAILABLE));
  }

  @Test
  void noServerIsRetryable() throws Exception {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    try (ModelStream stream = model(nobody, PATIENT).stream(question())) {
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(ModelException.class, e -> assertCode(e, ErrorCode.UNAVAILABLE))
          .hasMessageContaining("is it running");
    }
  }

  @Test
  void garbageIsAnError() {
    server.events(textEvent("so far so good") + "data: {\"oops\": \n\n");
    assertThat(failure(PATIENT)).satisfies(e -> assertCode(e, ErrorCode.UNAVAILABLE));
  }

  @Test
  void aPageInsteadOfAnAnswerNamesTheAddress() {
    server.status(200, "<html>login</html>", "content-type: text/html");
    assertThat(failure(PATIENT))
        .satisfies(e -> assertCode(e, ErrorCode.INVALID_REQUEST))
        .hasMessageContaining("_BASE_URL");
  }

  @Test
  void malformedArgumentsAreAnErrorThatShowsThem() {
    server.events(fixture("malformed-arguments"));
    assertThat(failure(PATIENT))
        .satisfies(e -> assertCode(e, ErrorCode.UNAVAILABLE))
        .hasMessageContaining("read");
  }

  @Test
  void anErrorWithinTheStreamKeepsItsMeaning() {
    server.events(textEvent("so far so good") + fixture("error"));
    assertThat(failure(PATIENT))
        .satisfies(e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("verloaded");
  }

  @Test
  void silenceAfterTheHeadTimesOut() {
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          new CountDownLatch(1).await();
        });
    assertThat(failure(IMPATIENT)).satisfies(e -> assertCode(e, ErrorCode.TIMEOUT));
  }

  @Test
  void silenceBeforeTheHeadTimesOut() {
    server.reply((_, _) -> new CountDownLatch(1).await());
    assertThat(failure(IMPATIENT)).satisfies(e -> assertCode(e, ErrorCode.TIMEOUT));
  }

  @Test
  void aLineThatNeverEndsIsSilence() {
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          while (true) {
            out.write('x');
            out.flush();
            TimeUnit.MILLISECONDS.sleep(1);
          }
        });
    assertThat(failure(IMPATIENT))
        .satisfies(e -> assertCode(e, ErrorCode.TIMEOUT))
        .hasMessageContaining("sent nothing for PT0.3S");
  }

  @Test
  void pingsWithoutEndMeetTheTotalLimit() {
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          while (true) {
            out.write(": ping\n\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            TimeUnit.MILLISECONDS.sleep(1);
          }
        });
    HttpLimits brief =
        new HttpLimits(Duration.ofSeconds(50), Duration.ofMillis(300), 1 << 20, 8L << 20);
    assertThat(failure(brief)).satisfies(e -> assertCode(e, ErrorCode.TIMEOUT));
  }

  @Test
  void aSlowDripIsReadByteByByte() throws Exception {
    byte[] whole = fixture("text").getBytes(StandardCharsets.UTF_8);
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          for (byte b : whole) {
            out.write(b);
            out.flush();
          }
        });
    try (ModelStream stream = model(server.url(), PATIENT).stream(question())) {
      assertThat(textOf(read(stream))).isEqualTo("Grüße, wörld! 🙂");
    }
  }

  @Test
  void anEventWithoutEndIsBounded() {
    AtomicLong sent = new AtomicLong();
    flood("data: {\"x\":\"", "y".repeat(4096), sent);
    assertThat(failure(PATIENT))
        .satisfies(e -> assertCode(e, ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("an event of more than 1048576 bytes");
    assertThat(sent).hasValueLessThan(64L << 20);
  }

  @Test
  void aStreamWithoutEndIsBounded() {
    AtomicLong sent = new AtomicLong();
    flood("", textEvent("y".repeat(4096)), sent);
    assertThat(failure(PATIENT))
        .satisfies(e -> assertCode(e, ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("sent more than 8388608 bytes");
    assertThat(sent).hasValueLessThan(64L << 20);
  }

  @Test
  void closingHangsUp() throws Exception {
    CompletableFuture<Boolean> hungUp = new CompletableFuture<>();
    server.reply(
        (_, out) -> {
          try {
            TestingHttpServer.head(out, 200, "content-type: text/event-stream");
            while (true) {
              out.write(textEvent("more").getBytes(StandardCharsets.UTF_8));
              out.flush();
            }
          } catch (IOException e) {
            hungUp.complete(true);
          }
        });
    ModelStream stream = model(server.url(), PATIENT).stream(question());
    assertThat(stream.next()).isPresent();
    stream.close();
    assertThat(stream.next()).isEmpty();
    assertThat(hungUp.get(50, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closingFromAnotherThreadEndsTheWait() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          asked.countDown();
          new CountDownLatch(1).await();
        });
    ModelStream stream = model(server.url(), PATIENT).stream(question());
    CompletableFuture<Optional<ModelEvent>> next = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                next.complete(stream.next());
              } catch (InterruptedException | RuntimeException e) {
                next.completeExceptionally(e);
              }
            });
    asked.await();
    stream.close();
    assertThat(next.get(50, TimeUnit.SECONDS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_REQUEST", "401, UNAUTHENTICATED", "403, PERMISSION_DENIED", "404, NOT_FOUND",
    "413, LIMIT_EXCEEDED", "429, RATE_LIMITED", "500, UNAVAILABLE", "503, UNAVAILABLE",
    "504, TIMEOUT", "529, OVERLOADED", "301, INVALID_REQUEST"
  })
  void givesEveryStatusItsCode(int status, ErrorCode code) {
    server.status(status, fixture("status-error"), "content-type: application/json");
    assertThat(failure(PATIENT)).satisfies(e -> assertCode(e, code));
  }

  @Test
  void aRefusedKeyNamesItsVariableAndIsNeverShown() {
    server.status(401, "{\"error\":{\"message\":\"bad key " + KEY + "\"}}");
    ModelException e = failure(PATIENT);
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    assertThat(trace.toString()).contains("_API_KEY").doesNotContain(KEY);
    assertThat(model(server.url(), PATIENT).toString()).doesNotContain(KEY);
  }

  @Test
  void aPageWithAnErrorStatusIsShownShort() {
    server.status(502, "<html>" + "x".repeat(200_000), "content-type: text/html");
    ModelException e = failure(PATIENT);
    assertCode(e, ErrorCode.UNAVAILABLE);
    assertThat(e.getMessage()).hasSizeLessThan(1000);
  }

  @Test
  void keepsTheWaitThatWasAskedForInSeconds() {
    server.status(429, fixture("status-error"), "retry-after: 7");
    assertThat(failure(PATIENT).retryAfter()).contains(Duration.ofSeconds(7));
  }

  @Test
  void keepsTheWaitThatWasAskedForAsADate() {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(3600).atZone(ZoneOffset.UTC));
    server.status(503, fixture("status-error"), "retry-after: " + date);
    assertThat(failure(PATIENT).retryAfter().orElseThrow())
        .isBetween(Duration.ofSeconds(3000), Duration.ofSeconds(3600));
  }

  @ParameterizedTest
  @CsvSource({"soon", "-5", "1e300", "'Wed, 21 Oct 2099 07:28:00 GMT'"})
  void ignoresAWaitThatMakesNoSense(String header) {
    server.status(429, fixture("status-error"), "retry-after: " + header);
    assertThat(failure(PATIENT).retryAfter()).isEmpty();
  }

  // --- helpers ------------------------------------------------------------------------------

  TestingHttpServer server() {
    return server;
  }

  List<ModelEvent> answer(String fixture, ModelRequest request) throws InterruptedException {
    server.events(fixture(fixture));
    try (ModelStream stream = model(server.url(), PATIENT).stream(request)) {
      return read(stream);
    }
  }

  private void flood(String start, String again, AtomicLong sent) {
    server.reply(
        (_, out) -> {
          TestingHttpServer.head(out, 200, "content-type: text/event-stream");
          out.write(start.getBytes(StandardCharsets.UTF_8));
          byte[] bytes = again.getBytes(StandardCharsets.UTF_8);
          while (sent.get() < (64L << 20)) {
            out.write(bytes);
            sent.addAndGet(bytes.length);
          }
        });
  }

  private ModelException failure(HttpLimits limits) {
    ModelException e =
        catchThrowableOfType(
            ModelException.class,
            () -> {
              try (ModelStream stream = model(server.url(), limits).stream(question())) {
                read(stream);
              }
            });
    assertThat(e).isNotNull();
    return e;
  }

  private static void assertCode(ModelException e, ErrorCode code) {
    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
  }

  private static List<ModelEvent> read(ModelStream stream) throws InterruptedException {
    List<ModelEvent> events = new ArrayList<>();
    for (Optional<ModelEvent> e = stream.next(); e.isPresent(); e = stream.next()) {
      events.add(e.get());
    }
    return events;
  }

  static String textOf(List<ModelEvent> events) {
    StringBuilder out = new StringBuilder();
    for (ModelEvent event : events) {
      if (event instanceof ModelEvent.TextDelta delta) {
        out.append(delta.text());
      }
    }
    return out.toString();
  }

  private static String thinkingOf(List<ModelEvent> events) {
    StringBuilder out = new StringBuilder();
    for (ModelEvent event : events) {
      if (event instanceof ModelEvent.ThinkingDelta delta) {
        out.append(delta.text());
      }
    }
    return out.toString();
  }

  private static String fragments(List<ModelEvent> events, int index) {
    StringBuilder out = new StringBuilder();
    for (ModelEvent event : events) {
      if (event instanceof ModelEvent.ToolCallDelta delta && delta.index() == index) {
        out.append(delta.arguments());
      }
    }
    return out.toString();
  }

  static List<ModelEvent.ToolCall> calls(List<ModelEvent> events) {
    return events.stream()
        .filter(ModelEvent.ToolCall.class::isInstance)
        .map(ModelEvent.ToolCall.class::cast)
        .toList();
  }

  static ModelEvent.End end(List<ModelEvent> events) {
    assertThat(events.getLast()).isInstanceOf(ModelEvent.End.class);
    return (ModelEvent.End) events.getLast();
  }

  static ModelRequest question() {
    return ModelRequest.of(List.of(Message.User.of("What is it?")));
  }

  private static ModelRequest withTools() {
    return question().withTools(List.of(readTool(), listTool()), new ToolChoice.Auto());
  }

  private static ModelRequest withSchema() {
    return question().withOutput(schema());
  }

  private static ObjectNode schema() {
    return object(
        """
        {"type": "object", "additionalProperties": false, "required": ["total"],
         "properties": {"total": {"type": "string", "x-paddock-source": "document"}}}
        """);
  }

  private static ToolDefinition readTool() {
    return new ToolDefinition(
        "read",
        "Reads a file.",
        object(
            """
            {"type": "object", "required": ["path"],
             "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}}}
            """),
        true);
  }

  private static ToolDefinition listTool() {
    return new ToolDefinition(
        "list", "Lists a folder.", object("{\"type\": \"object\", \"properties\": {}}"), true);
  }

  static ObjectNode object(String json) {
    return (ObjectNode) Json.tree(json);
  }

  private ObjectNode expected(String name) {
    return object(resource(name + ".request.json"));
  }

  String fixture(String name) {
    return resource(name + (name.equals("status-error") ? ".json" : ".sse"));
  }

  private String resource(String name) {
    String path = "/wire/" + provider() + "/" + name;
    try (InputStream in = ModelContractTest.class.getResourceAsStream(path)) {
      assertThat(in).as(path).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }
}
