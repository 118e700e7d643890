package dev.paddock.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SseReaderTest {
  private static final Endpoint ENDPOINT =
      new Endpoint("openai", URI.create("http://x"), Optional.empty());

  private static final String STREAM =
      """
      \uFEFF: hello

      event: a
      data: one
      data:two
      data:  three

      data

      id: 7
      retry: 9
      unknown: x

      event: b

      data: {"ü":"🙂"}

      data: lost, as no blank line follows
      """;

  private static final List<SseEvent> EVENTS =
      List.of(
          new SseEvent("a", "one\ntwo\n three"),
          new SseEvent("message", ""),
          new SseEvent("message", "{\"ü\":\"🙂\"}"));

  private static List<SseEvent> read(List<byte[]> chunks) throws InterruptedException {
    ResponseBody body = new ResponseBody();
    chunks.forEach(chunk -> body.onNext(List.of(ByteBuffer.wrap(chunk))));
    body.onComplete();
    SseReader reader = new SseReader(body, ENDPOINT, HttpLimits.DEFAULT, System.nanoTime());
    List<SseEvent> out = new ArrayList<>();
    for (Optional<SseEvent> e = reader.next(); e.isPresent(); e = reader.next()) {
      out.add(e.get());
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void readsEveryLineEnd(String end) throws Exception {
    assertThat(read(List.of(STREAM.replace("\n", end).getBytes(UTF_8)))).isEqualTo(EVENTS);
  }

  @Test
  void itDoesNotMatterWhereTheBytesAreParted() throws Exception {
    Random random = new Random(42);
    byte[] bytes = STREAM.replace("\n", "\r\n").getBytes(UTF_8);
    for (int round = 0; round < 300; round++) {
      List<byte[]> chunks = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int to = Math.min(bytes.length, at + random.nextInt(12));
        chunks.add(Arrays.copyOfRange(bytes, at, to));
        at = to;
      }
      assertThat(read(chunks)).isEqualTo(EVENTS);
    }
  }

  @Test
  void aBrokenConnectionIsAnError() {
    ResponseBody body = new ResponseBody();
    body.onNext(List.of(ByteBuffer.wrap("data: x\n".getBytes(UTF_8))));
    body.onError(new java.io.IOException("reset"));
    SseReader reader = new SseReader(body, ENDPOINT, HttpLimits.DEFAULT, System.nanoTime());
    assertThatThrownBy(reader::next)
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isTrue());
  }

  @Test
  void asksForTheNextBytesOnlyWhenTheLastWereTaken() throws Exception {
    List<String> asked = new ArrayList<>();
    ResponseBody body = new ResponseBody();
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            asked.add("request " + n);
          }

          @Override
          public void cancel() {
            asked.add("cancel");
          }
        });
    body.onNext(List.of(ByteBuffer.wrap(new byte[1])));
    assertThat(asked).containsExactly("request 1");
    assertThat(body.next(0)).isPresent();
    assertThat(asked).containsExactly("request 1", "request 1");
    assertThat(body.next(0)).isEmpty();
    body.cancel();
    assertThat(asked).endsWith("cancel");
    assertThat(body.next(0)).contains(new ResponseBody.Chunk.Ended());
  }
}
