package dev.paddock.core.spi;

import dev.paddock.core.EventId;

/**
 * A sandbox's own record of calls, kept beside its workspace and outside the session log: what a
 * crash left is read from here.
 */
public interface CallJournal extends AutoCloseable {
  /** Durably notes that the call begins; false when it is known already. */
  boolean begin(EventId callId);

  /** Durably notes the result of a call that began. */
  void complete(EventId callId, ToolResult result);

  Hands.Outcome lookup(EventId callId);

  @Override
  void close();
}
