package dev.paddock.core.spi;

/** Something an agent can do. */
public interface Tool {
  ToolDefinition definition();

  /**
   * Runs one call. A failure that the model can react to is a result with {@code isError}; an
   * exception is a defect or a lost sandbox. Interrupting the thread stops the work, and with it
   * every process it started.
   */
  ToolResult run(ToolInvocation invocation) throws InterruptedException;
}
