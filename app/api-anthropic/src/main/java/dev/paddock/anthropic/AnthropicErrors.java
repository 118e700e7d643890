package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.MemoryConflictException;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import java.util.Map;

/** Errors in the vendor's shape. */
final class AnthropicErrors {
  private AnthropicErrors() {}

  static Reply.Json of(Problem problem, String requestId) {
    ObjectNode body = Json.object().put("type", "error");
    ObjectNode error = body.putObject("error");
    error.put("type", type(problem)).put("message", problem.message());
    problem.detailCode().ifPresent(code -> error.putObject("details").put("error_code", code));
    body.put("request_id", requestId);
    return new Reply.Json(problem.status(), Map.of(), body);
  }

  /** The vendor's form of a memory that cannot be written, which has more than a message. */
  static Reply.Json of(MemoryConflictException conflict, String requestId) {
    ObjectNode body = Json.object().put("type", "error");
    ObjectNode error = body.putObject("error");
    boolean taken = !conflict.path().isEmpty();
    error.put("type", taken ? "memory_path_conflict_error" : "memory_precondition_failed_error");
    error.put("message", conflict.getMessage());
    if (taken) {
      error.put("conflicting_path", conflict.path());
      error.put("conflicting_memory_id", conflict.memoryId());
    }
    body.put("request_id", requestId);
    return new Reply.Json(409, Map.of("x-should-retry", "false"), body);
  }

  private static String type(Problem problem) {
    return switch (problem.status()) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 409 -> "conflict_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 408, 504 -> "timeout_error";
      case 503, 529 -> "overloaded_error";
      default -> problem.status() >= 500 ? "api_error" : "invalid_request_error";
    };
  }
}
