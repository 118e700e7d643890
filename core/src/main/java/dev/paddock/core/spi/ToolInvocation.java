package dev.paddock.core.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionId;
import java.time.Duration;

/** One call of a tool. */
public record ToolInvocation(
    SessionId sessionId, EventId callId, ObjectNode input, Duration timeout, Progress progress) {

  /** Told of the steps of long work; never stored. */
  @FunctionalInterface
  public interface Progress {
    Progress NONE = (done, total, what) -> {};

    void step(long done, long total, String what);
  }
}
