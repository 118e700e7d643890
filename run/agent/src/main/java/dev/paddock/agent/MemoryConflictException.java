package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;

/** A write to a memory store that its state does not allow. */
public final class MemoryConflictException extends PaddockException {
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

  /** The path that is taken; empty where a precondition does not hold. */
  public String path() {
    return path;
  }

  /** The memory whose path it is. */
  public String memoryId() {
    return memoryId;
  }
}
