package dev.paddock.agent;

import dev.paddock.core.EventId;
import java.time.Duration;

/**
 * What is seen of a session before it stands in the log, and never stored. An event id is that of
 * the event to come; when the turn is cut off or fails, it never comes.
 */
public sealed interface Preview {
  /** The model is asked; what it says until the next one is of this request. */
  record Asking(EventId request) implements Preview {}

  /** More of an {@code agent.message}. */
  record Text(EventId event, String delta) implements Preview {}

  /** More of an {@code agent.thinking}. */
  record Thinking(EventId event, String delta) implements Preview {}

  /** A call grows by a fragment of its arguments' JSON text. */
  record ToolCall(EventId request, int index, String name, String arguments) implements Preview {}

  /** Prompt tokens read so far. */
  record Prompt(EventId request, int done, int total) implements Preview {}

  /** A step of a running call. */
  record CallProgress(EventId call, long done, long total, String what) implements Preview {}

  /** The model request failed and is asked again after {@code delay}. */
  record Retry(int attempt, Duration delay, String reason) implements Preview {}
}
