package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;

/** Requests that are refused, in the words that OpenAI uses. */
final class Refusal {
  private static final int SHOWN = 100;

  private Refusal() {}

  static ServerException of(String param, String code, String message) {
    return new ServerException(ErrorCode.INVALID_REQUEST, message)
        .about(param)
        .withDetailCode(code);
  }

  static ServerException missing(String param) {
    return of(
        param, "missing_required_parameter", "Missing required parameter: '%s'.".formatted(param));
  }

  static ServerException type(String param, String expected, JsonNode got) {
    return of(
        param,
        "invalid_type",
        "Invalid type for '%s': expected %s, but got %s instead."
            .formatted(param, expected, kind(got)));
  }

  static ServerException value(String param, String got, String expected) {
    return of(
        param,
        "invalid_value",
        "Invalid value: '%s'. %s: expected %s.".formatted(shown(got), param, expected));
  }

  static ServerException unsupported(String param, String why) {
    return of(
        param,
        "unsupported_parameter",
        "Unsupported parameter: '%s' is not supported: %s.".formatted(param, why));
  }

  static ServerException notFound(String what, String id) {
    return ServerException.notFound("No %s found with id '%s'.".formatted(what, shown(id)))
        .about("id");
  }

  static String shown(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      case NUMBER -> node.isIntegralNumber() ? "an integer" : "a decimal number";
      case BINARY, MISSING, POJO -> "nothing";
    };
  }
}
