package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Sub-agents' threads: sessions of their own, below the session that started them. */
public interface Threads {
  /**
   * Creates a thread with its first events, in one transaction.
   *
   * @param id given by the caller, who asks {@link #find} first
   */
  SessionRecord create(
      SessionRecord parent, SessionId id, ObjectNode document, List<NewEvent> events);

  /** A thread of {@code parent}; empty for any other session. */
  Optional<SessionRecord> find(SessionId parent, SessionId id);

  /**
   * Has a session run, here or elsewhere, and returns at once; it may be running or have nothing to
   * do.
   */
  void wake(SessionId id);

  /** Threads as sessions of the log. */
  static Threads of(Sessions sessions, Consumer<SessionId> runner) {
    return new Threads() {
      @Override
      public SessionRecord create(
          SessionRecord parent, SessionId id, ObjectNode document, List<NewEvent> events) {
        return sessions.create(
            new NewSession(id, parent.workspaceId(), document, events).withParent(parent.id()));
      }

      @Override
      public Optional<SessionRecord> find(SessionId parent, SessionId id) {
        return sessions.find(id).filter(one -> one.parent().equals(Optional.of(parent)));
      }

      @Override
      public void wake(SessionId id) {
        runner.accept(id);
      }
    };
  }
}
