package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a model is fetched from an address. */
final class UrlPullTest extends PullTest {
  @Test
  void fetchesAnAddressAndKeepsNoSecretOfIt() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", MODEL, MODEL.length, "etag: \"v1\""));
      String url = server.url() + "/files/Some-Model.gguf?token=hunter2";
      LocalModelFile model = pull().pull(url, Optional.empty(), PullProgress.NONE);
      assertThat(model.ref()).hasToString("local/some-model");
      assertThat(model.source()).isEqualTo(server.url() + "/files/Some-Model.gguf");
      assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
      assertThat(server.lastRequest().path()).endsWith("?token=hunter2");
      assertThat(pull().pull(url, Optional.empty(), PullProgress.NONE)).isEqualTo(model);
      assertThat(server.requests()).hasSize(1);
      assertThat(files.unfinished()).isDirectoryNotContaining("glob:**.part*");
    }
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      server.reply(
          (request, out) -> {
            int from = from(request);
            send(
                out,
                "206",
                Arrays.copyOfRange(MODEL, from, MODEL.length),
                MODEL.length - from,
                "content-range: bytes %d-%d/%d".formatted(from, MODEL.length - 1, MODEL.length));
          });
      LocalModelFile model =
          pull().pull(server.url() + "/m.gguf", Optional.of(sha(MODEL)), PullProgress.NONE);
      assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
      assertThat(server.requests()).hasSize(2);
      assertThat(from(server.lastRequest())).isPositive();
      assertThat(server.lastRequest().headers()).containsEntry("if-range", "\"v1\"");
    }
  }

  @Test
  void startsAnewWhenTheFileHasChanged() throws Exception {
    byte[] changed = gguf(3, 5000);
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      server.reply((_, out) -> send(out, "200", changed, changed.length, "etag: \"v2\""));
      LocalModelFile model =
          pull().pull(server.url() + "/m.gguf", Optional.empty(), PullProgress.NONE);
      assertThat(Files.readAllBytes(model.file())).isEqualTo(changed);
    }
  }

  @Test
  void aWholePartOfAnEarlierTryIsOnlyChecked() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      String url = server.url() + "/m.gguf";
      Files.createDirectories(files.unfinished());
      Files.write(files.unfinished().resolve("m.part"), MODEL);
      Files.writeString(
          files.unfinished().resolve("m.part.json"),
          "{\"url\":\"%s\",\"validator\":\"\\\"v1\\\"\"}".formatted(url));
      server.status(416, "", "content-range: bytes */" + MODEL.length);
      LocalModelFile model = pull().pull(url, Optional.of(sha(MODEL)), PullProgress.NONE);
      assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
      assertThat(from(server.lastRequest())).isEqualTo(MODEL.length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"etag: W/\"v1\"", "x-none: 1"})
  void resumesNothingThatMayBeAnotherFile(String header) throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, header));
      server.reply((_, out) -> send(out, "200", MODEL, MODEL.length, header));
      pull().pull(server.url() + "/m.gguf", Optional.of(sha(MODEL)), PullProgress.NONE);
      assertThat(server.lastRequest().headers()).doesNotContainKey("range");
    }
  }

  @Test
  void refusesARangeThatWasNotAsked() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      server.reply(
          (_, out) -> send(out, "206", MODEL, MODEL.length, "content-range: bytes 7-9/10"));
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.CORRUPT);
    }
  }

  @Test
  void refusesARangeThatNoNumberHolds() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      String start = "9".repeat(30);
      server.reply(
          (_, out) ->
              send(out, "206", MODEL, MODEL.length, "content-range: bytes " + start + "-9/10"));
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.CORRUPT);
    }
  }

  @Test
  void refusesATooLargeFileWhetherItSaysSoOrNot() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", MODEL, 1L << 40, "x-none: 1"));
      server.reply(
          (_, out) -> {
            TestingHttpServer.head(out, 200);
            for (int i = 0; i < 10_000; i++) {
              out.write(new byte[4096]);
            }
          });
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }
  }

  @Test
  void refusesAnotherSumAndKeepsNothingOfIt() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", MODEL, MODEL.length, "etag: \"v1\""));
      assertThat(urlFailure(server, Optional.of("0".repeat(64))))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
      assertThat(files.unfinished().resolve("m.part")).doesNotExist();
      assertThat(files.list()).isEmpty();
    }
  }

  @Test
  void refusesAPageInsteadOfAModel() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(200, "<html>please log in to download this model</html>");
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.CORRUPT);
    }
  }

  @Test
  void tellsAMissingFileFromABusyServer() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(404, "");
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.NOT_FOUND);
      for (int i = 0; i < 5; i++) {
        server.status(503, "");
      }
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(server.requests()).hasSize(6);
    }
  }

  @Test
  void givesUpOnASilentServer() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      for (int i = 0; i < 5; i++) {
        server.reply((_, _) -> new CountDownLatch(1).await());
      }
      UrlDownload impatient = new UrlDownload(Duration.ofMillis(200), Duration.ZERO, 1L << 20);
      ModelPull pull = new ModelPull(files, Map.of(), tiny(), impatient);
      assertThatThrownBy(
              () -> pull.pull(server.url() + "/m.gguf", Optional.empty(), PullProgress.NONE))
          .isInstanceOfSatisfying(
              ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?token=hunter2 x", "?token=hunter2%", "?token=hunter2|x"})
  void refusesAnAddressWhoseQueryIsNone(String query) {
    ModelPull pull = pull();
    assertThatThrownBy(
            () -> pull.pull("http://h/m.gguf" + query, Optional.empty(), PullProgress.NONE))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasNoCause()
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void refusesAnAddressWithAPassword() {
    ModelPull pull = pull();
    assertThatThrownBy(
            () -> pull.pull("http://u:hunter2@h/m.gguf", Optional.empty(), PullProgress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageNotContaining("hunter2");
  }

  private static void send(
      OutputStream out, String status, byte[] bytes, long length, String header)
      throws IOException {
    TestingHttpServer.head(out, Integer.parseInt(status), "content-length: " + length, header);
    out.write(bytes);
  }

  private static int from(TestingHttpServer.Request request) {
    String range = request.headers().getOrDefault("range", "bytes=0-");
    return Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
  }

  private ModelException urlFailure(TestingHttpServer server, Optional<String> sha256) {
    ModelPull pull = pull();
    ModelException e =
        catchThrowableOfType(
            ModelException.class,
            () -> pull.pull(server.url() + "/m.gguf", sha256, PullProgress.NONE));
    assertThat(e).isNotNull();
    return e;
  }
}
