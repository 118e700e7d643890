package dev.paddock.store;

import dev.paddock.core.EventId;
import dev.paddock.core.SessionId;
import java.util.List;
import java.util.Optional;

/**
 * What a check of a session's chain found.
 *
 * @param entries how many links hold, counted from the first
 * @param broken the first one that does not
 * @param redactions of the links that hold
 */
public record Verification(
    SessionId session, long entries, Optional<BrokenLink> broken, List<Redaction> redactions) {

  /** Where the chain breaks and what does not fit there. */
  public record BrokenLink(long sequence, String reason) {}

  /**
   * An event whose content was taken out.
   *
   * @param noticeSequence of the notice that says so
   */
  public record Redaction(long sequence, EventId event, long noticeSequence, String reason) {}

  public boolean intact() {
    return broken.isEmpty();
  }
}
