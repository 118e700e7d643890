package dev.paddock.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a provider's failures mean. */
final class UpstreamErrors {
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private UpstreamErrors() {}

  /** A response other than success. */
  static ModelException status(
      Endpoint endpoint, String model, int status, HttpHeaders headers, String body) {
    JsonNode error = errorIn(body);
    String said = endpoint.quote(messageIn(error).orElse(body));
    if (status >= 300 && status < 400) {
      return new ModelException(
          ErrorCode.INVALID_REQUEST,
          "%s at %s redirects elsewhere; redirects are not followed, set %s to the final address"
              .formatted(endpoint.provider(), endpoint.base(), endpoint.addressVariable()));
    }
    ErrorCode code = isTooLong(error, said) ? ErrorCode.LIMIT_EXCEEDED : codeOf(status);
    return new ModelException(
        code,
        "%s/%s: %s%s (HTTP %d)%s"
            .formatted(
                endpoint.provider(),
                model,
                words(code),
                said.isEmpty() ? "" : ": " + said,
                status,
                fix(endpoint, code)),
        null,
        retryAfter(headers, error).orElse(null));
  }

  /** An error in the middle of a stream, in any of the three providers' forms. */
  static ModelException inStream(Endpoint endpoint, JsonNode error) {
    String said = endpoint.quote(messageIn(error).orElse(error.toString()));
    ErrorCode code =
        isTooLong(error, said)
            ? ErrorCode.LIMIT_EXCEEDED
            : named(error)
                .orElseGet(
                    () ->
                        error.path("code").canConvertToInt()
                            ? codeOf(error.path("code").intValue())
                            : ErrorCode.UNAVAILABLE);
    return new ModelException(
        code,
        "%s broke off: %s: %s%s"
            .formatted(endpoint.provider(), words(code), said, fix(endpoint, code)),
        null,
        retryAfter(HttpHeaders.of(java.util.Map.of(), (a, b) -> true), error).orElse(null));
  }

  /** The connection failed before or during the answer. */
  static ModelException broken(Endpoint endpoint, Throwable cause) {
    String where = endpoint.provider() + " at " + endpoint.base();
    return switch (cause) {
      case UnknownHostException e ->
          new ModelException(ErrorCode.UNAVAILABLE, where + ": no such host", e);
      case HttpTimeoutException e ->
          new ModelException(ErrorCode.TIMEOUT, where + ": no connection in time", e);
      case ConnectException e ->
          new ModelException(
              ErrorCode.UNAVAILABLE,
              "%s cannot be reached; is it running, and is %s right?"
                  .formatted(where, endpoint.addressVariable()),
              e);
      default ->
          new ModelException(
              ErrorCode.UNAVAILABLE,
              where + ": the connection broke (" + cause.getClass().getSimpleName() + ")",
              cause);
    };
  }

  /** The answer ended before its end. */
  static ModelException cut(Endpoint endpoint) {
    return new ModelException(
        ErrorCode.UNAVAILABLE, endpoint.provider() + " cut the answer off before its end");
  }

  /** The answer is not what the provider's interface promises. */
  static ModelException garbled(Endpoint endpoint, String what, @Nullable Throwable cause) {
    return new ModelException(
        ErrorCode.UNAVAILABLE, "%s sent %s".formatted(endpoint.provider(), what), cause);
  }

  private static ErrorCode codeOf(int status) {
    return switch (status) {
      case 401 -> ErrorCode.UNAUTHENTICATED;
      case 402, 403 -> ErrorCode.PERMISSION_DENIED;
      case 404 -> ErrorCode.NOT_FOUND;
      case 408, 504 -> ErrorCode.TIMEOUT;
      case 409, 425 -> ErrorCode.BUSY;
      case 413 -> ErrorCode.LIMIT_EXCEEDED;
      case 429 -> ErrorCode.RATE_LIMITED;
      case 529 -> ErrorCode.OVERLOADED;
      default -> status >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.INVALID_REQUEST;
    };
  }

  private static Optional<ErrorCode> named(JsonNode error) {
    String name = error.path("type").asText("") + " " + error.path("status").asText("");
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "invalid_request_error", "invalid_argument", "failed_precondition" ->
          Optional.of(ErrorCode.INVALID_REQUEST);
      case "authentication_error", "unauthenticated" -> Optional.of(ErrorCode.UNAUTHENTICATED);
      case "permission_error", "permission_denied", "billing_error" ->
          Optional.of(ErrorCode.PERMISSION_DENIED);
      case "not_found_error", "not_found" -> Optional.of(ErrorCode.NOT_FOUND);
      case "request_too_large" -> Optional.of(ErrorCode.LIMIT_EXCEEDED);
      case "rate_limit_error", "rate_limit_exceeded", "resource_exhausted" ->
          Optional.of(ErrorCode.RATE_LIMITED);
      case "timeout_error", "deadline_exceeded" -> Optional.of(ErrorCode.TIMEOUT);
      case "overloaded_error" -> Optional.of(ErrorCode.OVERLOADED);
      default -> Optional.empty();
    };
  }

  /** A prompt longer than the model's context has no status of its own anywhere. */
  private static boolean isTooLong(JsonNode error, String said) {
    return error.path("code").asText("").equals("context_length_exceeded")
        || said.startsWith("prompt is too long")
        || said.contains("exceeds the maximum number of tokens")
        || said.contains("maximum context length");
  }

  private static String words(ErrorCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> "the key was refused";
      case PERMISSION_DENIED -> "not allowed";
      case NOT_FOUND -> "no such model or address";
      case LIMIT_EXCEEDED -> "the request is too large";
      case RATE_LIMITED -> "too many requests";
      case OVERLOADED -> "overloaded";
      case TIMEOUT -> "timed out";
      case INVALID_REQUEST -> "the request was refused";
      default -> "the provider failed";
    };
  }

  private static String fix(Endpoint endpoint, ErrorCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> "; check " + endpoint.keyVariable();
      case NOT_FOUND ->
          "; check the model's name and %s (%s)"
              .formatted(endpoint.addressVariable(), endpoint.base());
      default -> "";
    };
  }

  private static JsonNode errorIn(String body) {
    try {
      JsonNode tree = Json.mapper().readTree(body);
      JsonNode first = tree.isArray() ? tree.path(0) : tree;
      JsonNode error = first.path("error");
      return error.isMissingNode() ? first : error;
    } catch (JsonProcessingException e) {
      // Proxies answer in HTML; the text itself is then all there is to show.
      return Json.mapper().missingNode();
    }
  }

  private static Optional<String> messageIn(JsonNode error) {
    JsonNode message = error.isTextual() ? error : error.path("message");
    return message.isTextual() ? Optional.of(message.textValue()) : Optional.empty();
  }

  private static Optional<Duration> retryAfter(HttpHeaders headers, JsonNode error) {
    Optional<Duration> millis =
        headers.firstValue("retry-after-ms").flatMap(text -> seconds(text, 1e-3));
    if (millis.isPresent()) {
      return millis;
    }
    Optional<String> header = headers.firstValue("retry-after");
    if (header.isPresent()) {
      return seconds(header.get(), 1).or(() -> untilDate(header.get()));
    }
    for (JsonNode detail : error.path("details")) {
      String delay = detail.path("retryDelay").asText("");
      if (delay.endsWith("s")) {
        return seconds(delay.substring(0, delay.length() - 1), 1);
      }
    }
    return Optional.empty();
  }

  private static Optional<Duration> seconds(String text, double unit) {
    try {
      double value = Double.parseDouble(text.strip()) * unit;
      return value >= 0 && value <= LONGEST_WAIT.toSeconds()
          ? Optional.of(Duration.ofMillis(Math.round(value * 1000)))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> untilDate(String text) {
    try {
      Instant then = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from);
      Duration wait = Duration.between(Instant.now(), then);
      return wait.compareTo(LONGEST_WAIT) > 0
          ? Optional.empty()
          : Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
