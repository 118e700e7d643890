package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.server.spi.Reply;
import java.util.Map;

/** A write to a memory store that its state does not allow. */
final class MemoryConflictException extends PaddockException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String memoryId;

  /** A precondition does not hold. */
  MemoryConflictException() {
    super(
        ErrorCode.INVALID_REQUEST,
        "the memory's content is not what the precondition says; read it again and decide anew");
    this.path = "";
    this.memoryId = "";
  }

  /** A path is taken. */
  MemoryConflictException(String path, String memoryId) {
    super(
        ErrorCode.INVALID_REQUEST,
        "the path is taken by or overlaps with \"%s\"; rename or delete that memory first"
            .formatted(path));
    this.path = path;
    this.memoryId = memoryId;
  }

  /** The vendor's form, which has more than a message. */
  Reply reply(String requestId) {
    ObjectNode body = Json.object().put("type", "error");
    ObjectNode error = body.putObject("error");
    error.put(
        "type", path.isEmpty() ? "memory_precondition_failed_error" : "memory_path_conflict_error");
    error.put("message", getMessage());
    if (!path.isEmpty()) {
      error.put("conflicting_path", path).put("conflicting_memory_id", memoryId);
    }
    body.put("request_id", requestId);
    return new Reply.Json(409, Map.of("x-should-retry", "false"), body);
  }
}
