package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Embedder;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings and token counts, shown on recorded answers. */
@Timeout(60)
class QuestionsTest {
  private final TestingHttpServer server = new TestingHttpServer();

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Model model(String provider, String id) {
    String prefix = provider.toUpperCase(java.util.Locale.ROOT);
    Map<String, String> environment =
        Map.of(
            prefix + "_BASE_URL",
            server.url() + (provider.equals("openai") ? "/v1" : ""),
            prefix + "_API_KEY",
            "sk-test-4e1f00d5ecret");
    return new Models(Providers.from(environment), Map.of()).open(provider + "/" + id);
  }

  private static String fixture(String path) throws IOException {
    try (InputStream in = QuestionsTest.class.getResourceAsStream("/wire/" + path)) {
      return new String(
          java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({"openai, /v1/embeddings", "gemini, /v1beta/models/embed-test:batchEmbedContents"})
  void vectorsComeInTheOrderOfTheTexts(String provider, String path) throws Exception {
    server.status(200, fixture(provider + "/embeddings.json"), "content-type: application/json");
    Embedder.Embeddings made =
        model(provider, "embed-test")
            .embedder()
            .orElseThrow()
            .embed(List.of("first", "second"), OptionalInt.of(2));
    assertThat(made.vectors()).containsExactly(new float[] {0.25f, 2}, new float[] {0.5f, -1});
    assertThat(made.tokens()).isEqualTo(7);
    assertThat(server.lastRequest().path()).isEqualTo(path);
    assertThat(Json.tree(server.lastRequest().text()))
        .isEqualTo(Json.tree(fixture(provider + "/embeddings.request.json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":9,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[\"x\"]},{\"index\":1,\"embedding\":[1]}]}",
        "[]",
        "no json"
      })
  void vectorsThatAreMissingOrNoNumbersAreAFailureOfTheProvider(String answer) {
    server.status(200, answer);
    ModelException failure =
        catchThrowableOfType(
            ModelException.class,
            () ->
                model("openai", "embed-test")
                    .embedder()
                    .orElseThrow()
                    .embed(List.of("first", "second"), OptionalInt.empty()));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void aFailureKeepsItsClassAndTellsNoKey() {
    server.status(429, "{\"error\":{\"message\":\"slow down sk-test-4e1f00d5ecret\"}}");
    ModelException failure =
        catchThrowableOfType(
            ModelException.class,
            () ->
                model("gemini", "embed-test")
                    .embedder()
                    .orElseThrow()
                    .embed(List.of("a"), OptionalInt.empty()));
    assertThat(failure.code()).isEqualTo(ErrorCode.RATE_LIMITED);
    assertThat(failure).hasMessageNotContaining("sk-test");
  }

  @Test
  void anthropicMakesNoVectorsAndOpenAiCountsNoTokens() {
    assertThat(model("anthropic", "claude-test").embedder()).isEmpty();
    assertThat(model("openai", "gpt-test").tokenCounter()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "anthropic | claude-test | /v1/messages/count_tokens | {\"input_tokens\":12}",
        "gemini | gemini-test | /v1beta/models/gemini-test:countTokens | {\"totalTokens\":12}"
      })
  void theProviderCountsWhatItWouldBeAsked(String provider, String id, String path, String answer)
      throws Exception {
    server.status(200, answer);
    ModelRequest request = ModelRequest.of(List.of(Message.User.of("hi"))).withSystem("Be kind.");
    assertThat(model(provider, id).tokenCounter().orElseThrow().count(request)).isEqualTo(12);
    assertThat(server.lastRequest().path()).isEqualTo(path);
    JsonNode body = Json.tree(server.lastRequest().text());
    assertThat(body.toString()).contains("hi", "Be kind.");
    assertThat(body.has("max_tokens") || body.has("stream")).isFalse();
  }

  @Test
  void aCountThatIsNoNumberIsAFailureOfTheProvider() {
    server.status(200, "{\"input_tokens\":\"many\"}");
    ModelException failure =
        catchThrowableOfType(
            ModelException.class,
            () ->
                model("anthropic", "claude-test")
                    .tokenCounter()
                    .orElseThrow()
                    .count(ModelRequest.of(List.of(Message.User.of("hi")))));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }
}
