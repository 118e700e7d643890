package dev.paddock.provider;

import static dev.paddock.provider.TestingAdapter.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelStream;
import java.io.IOException;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every adapter makes of answers that break off, stall, flood or refuse. */
abstract class ModelFailureContract extends AdapterTest {
  private static final HttpLimits IMPATIENT =
      new HttpLimits(Duration.ofMillis(300), Duration.ofSeconds(50), 1 << 20, 8L << 20);

  ModelFailureContract(TestingAdapter adapter) {
    super(adapter);
  }

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
    server.events(adapter.textEvent("so far so good") + "data: {\"oops\": \n\n");
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
    server.events(adapter.textEvent("so far so good") + fixture("error"));
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
    flood("", adapter.textEvent("y".repeat(4096)), sent);
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
              out.write(adapter.textEvent("more").getBytes(StandardCharsets.UTF_8));
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
}
