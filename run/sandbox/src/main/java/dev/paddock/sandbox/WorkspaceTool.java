package dev.paddock.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;

/** A tool whose failures, where the model can do something about them, are its results. */
abstract class WorkspaceTool implements Tool {
  /** What {@code read} and {@code edit} take at once. */
  static final int MAX_FILE_BYTES = 256 << 10;

  /** What {@code write} and {@code edit} leave at most. */
  static final int MAX_WRITTEN_BYTES = 10 << 20;

  /** How many files and folders a search looks at. */
  static final int MAX_WALK_ENTRIES = 50_000;

  private final ToolDefinition definition;

  WorkspaceTool(String name, boolean readOnly, String description, String schema) {
    ObjectNode input = Json.read(schema, ObjectNode.class);
    definition = new ToolDefinition(name, description.strip(), input, readOnly);
  }

  @Override
  public final ToolDefinition definition() {
    return definition;
  }

  @Override
  public final ToolResult run(ToolInvocation invocation) throws InterruptedException {
    try {
      return run(new ToolInput(invocation.input()), invocation);
    } catch (PaddockException e) {
      return ToolFailure.result(e).orElseThrow(() -> e);
    }
  }

  abstract ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException;
}
