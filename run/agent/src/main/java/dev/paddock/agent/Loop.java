package dev.paddock.agent;

import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionRecord;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Runs sessions. It keeps nothing: all that it knows of a session it reads from the log, so that a
 * process can be killed at any instant and another wakes the session and goes on.
 */
public final class Loop {
  private final LoopParts parts;
  private final LoopSettings settings;

  public Loop(LoopParts parts, LoopSettings settings) {
    this.parts = parts;
    this.settings = settings;
  }

  /**
   * Takes the session's lease and goes on until the session waits for someone else: idle or
   * terminated. An exception of the store leaves the session as its log says; wake it again. So
   * does an interrupt of the thread: running calls are ended, and reported as interrupted by the
   * next wake.
   *
   * @return where the session came to rest; empty when another process runs it
   */
  public Optional<SessionState> wake(SessionId id) throws InterruptedException {
    RunContext.find(parts, id);
    while (true) {
      Optional<HeldLease> lease =
          HeldLease.take(
              parts.leases(),
              "session/" + id,
              settings.holder() + "/" + UUID.randomUUID(),
              settings.leaseTtl());
      if (lease.isEmpty()) {
        return Optional.empty();
      }
      SessionState rested;
      try (HeldLease held = lease.get()) {
        rested = run(id, held);
      } catch (LeaseLostException e) {
        return Optional.empty();
      }
      if (!movedOn(rested, id)) {
        wakeAbove(id);
        return Optional.of(rested);
      }
    }
  }

  /**
   * Asks whoever runs the session, here or elsewhere, to stop at once; it goes idle with {@code
   * end_turn}. A session that no one runs is made idle by its next wake.
   */
  public void interrupt(SessionId id, Principal who) {
    parts
        .sessions()
        .append(
            id,
            Append.acknowledged(
                NewEvent.from(who, new SessionEvent.UserInterrupt(EventId.next()))));
  }

  private SessionState run(SessionId id, HeldLease lease)
      throws LeaseLostException, InterruptedException {
    SessionLog log = new SessionLog(parts.sessions(), id, lease, parts.clock());
    log.refresh();
    SessionRecord session = RunContext.find(parts, id);
    try (Watch watch =
        new Watch(
            parts.sessions(), id, log.state().sequence(), lease, parts.clock(), settings.tick())) {
      return new SessionRun(new RunContext(parts, settings, session, log, watch)).run();
    }
  }

  /** What a thread did counts in the session above it, which may have stopped to look. */
  private void wakeAbove(SessionId id) {
    parts
        .threads()
        .ifPresent(
            threads ->
                parts.sessions().find(id).flatMap(SessionRecord::parent).ifPresent(threads::wake));
  }

  /** An event that came after the last look, while others were told that the session is leased. */
  private boolean movedOn(SessionState rested, SessionId id) {
    return !parts.sessions().read(id, rested.sequence(), 1, Set.of()).isEmpty();
  }
}
