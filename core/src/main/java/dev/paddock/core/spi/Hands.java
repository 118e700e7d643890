package dev.paddock.core.spi;

import dev.paddock.core.EventId;
import java.time.Duration;
import java.util.Optional;

/**
 * Where calls run: here, in a container, or on a worker that dialled out. The loop asks for the
 * result of a call id; asking again for a call that ran returns the recorded result and runs
 * nothing twice.
 */
public interface Hands extends AutoCloseable {
  /**
   * The result of a call, run now if it never was.
   *
   * @return pending when the result will arrive later as an event
   */
  Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException;

  /**
   * What became of a call that was logged before a crash: its result, {@link Outcome.Interrupted}
   * if it began and may have run, {@link Outcome.NotStarted} if it surely did not begin.
   */
  Outcome recover(ToolInvocation invocation, String toolName);

  /**
   * Keeps a result that is too long for a conversation as a file that later calls can read.
   *
   * @return its path, as a call sees it; empty where nothing can be kept
   */
  default Optional<String> keep(EventId callId, String text) {
    return Optional.empty();
  }

  @Override
  void close();

  /** How long a call may take unless the agent says otherwise. */
  Duration DEFAULT_TIMEOUT = Duration.ofSeconds(120);

  /** The state of a call. */
  sealed interface Outcome {
    /** It ran. */
    record Done(ToolResult result) implements Outcome {}

    /** Its result comes as an event. */
    record Pending() implements Outcome {}

    /** It began, no result was recorded, it may have had an effect. */
    record Interrupted() implements Outcome {}

    /** It never began. */
    record NotStarted() implements Outcome {}
  }
}
