package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamErrorsTest {
  private static final Endpoint ENDPOINT =
      new Endpoint("gemini", URI.create("http://x"), Optional.of(new Secret("k3y")));
  private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (a, b) -> true);

  @ParameterizedTest
  @CsvSource({
    "'{\"type\":\"overloaded_error\",\"message\":\"m\"}', OVERLOADED",
    "'{\"type\":\"rate_limit_error\",\"message\":\"m\"}', RATE_LIMITED",
    "'{\"type\":\"authentication_error\",\"message\":\"m\"}', UNAUTHENTICATED",
    "'{\"type\":\"invalid_request_error\",\"message\":\"m\"}', INVALID_REQUEST",
    "'{\"type\":\"request_too_large\",\"message\":\"m\"}', LIMIT_EXCEEDED",
    "'{\"type\":\"api_error\",\"message\":\"m\"}', UNAVAILABLE",
    "'{\"code\":429,\"message\":\"m\",\"status\":\"RESOURCE_EXHAUSTED\"}', RATE_LIMITED",
    "'{\"code\":503,\"message\":\"m\",\"status\":\"UNAVAILABLE\"}', UNAVAILABLE",
    "'{\"code\":400,\"message\":\"m\"}', INVALID_REQUEST",
    "'{\"message\":\"m\",\"code\":\"context_length_exceeded\"}', LIMIT_EXCEEDED",
    "'\"just text\"', UNAVAILABLE",
    "'{}', UNAVAILABLE"
  })
  void anErrorInAStreamKeepsItsMeaning(String error, ErrorCode code) {
    assertThat(UpstreamErrors.inStream(ENDPOINT, Json.tree(error)).code()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}",
        "{\"error\":{\"message\":\"prompt is too long: 250000 tokens > 200000 maximum\"}}",
        "{\"error\":{\"message\":\"The input token count (9) exceeds the maximum number of tokens allowed (8).\"}}"
      })
  void aPromptTooLongIsALimit(String body) {
    assertThat(UpstreamErrors.status(ENDPOINT, "m", 400, NONE, body).code())
        .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
  }

  @Test
  void readsGeminisRetryInfo() {
    String body =
        """
        [{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[
          {"@type":"type.googleapis.com/google.rpc.Help"},
          {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"17.5s"}]}}]
        """;
    assertThat(UpstreamErrors.status(ENDPOINT, "m", 429, NONE, body).retryAfter())
        .contains(Duration.ofMillis(17_500));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "3", "{\"error\":null}", "{\"error\":[1]}"})
  void anyBodyIsBorne(String body) {
    assertThat(UpstreamErrors.status(ENDPOINT, "m", 500, NONE, body).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void theKeyIsScrubbedFromWhatWasSaid() {
    assertThat(UpstreamErrors.inStream(ENDPOINT, Json.tree("{\"message\":\"no k3y here\"}")))
        .hasMessageContaining("no *** here");
    assertThat(ENDPOINT.toString()).doesNotContain("k3y");
  }
}
