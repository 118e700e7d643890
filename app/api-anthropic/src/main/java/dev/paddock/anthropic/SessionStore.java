package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sessions that this API made, and their threads; those of another workspace are not found. */
final class SessionStore {
  private static final int BATCH = 500;

  private final Platform platform;
  private final Folds folds;

  SessionStore(Platform platform) {
    this.platform = platform;
    this.folds = new Folds(platform.sessions());
  }

  Sessions sessions() {
    return platform.sessions();
  }

  Folds folds() {
    return folds;
  }

  void wake(SessionId id) {
    platform.runner().wake(id);
  }

  SessionRecord get(Caller caller, String id) {
    return find(caller, Ids.session(id))
        .filter(session -> session.parent().isEmpty())
        .orElseThrow(() -> Ids.unknownSession(id));
  }

  private Optional<SessionRecord> find(Caller caller, SessionId id) {
    return sessions()
        .find(id)
        .filter(session -> session.workspaceId().equals(caller.workspace()))
        .filter(session -> session.document().path(SessionDoc.WIRE).isObject());
  }

  /** A thread of a session; the session itself is its primary thread. */
  SessionRecord thread(Caller caller, SessionRecord session, String thread) {
    SessionId id = Ids.sessionOfThread(thread);
    if (id.equals(session.id())) {
      return session;
    }
    return sessions()
        .find(id)
        .filter(found -> found.workspaceId().equals(caller.workspace()))
        .filter(found -> found.parent().equals(Optional.of(session.id())))
        .orElseThrow(() -> Ids.unknownThread(thread));
  }

  /** The threads beside the primary one, oldest first. */
  List<SessionRecord> children(SessionId session) {
    List<SessionRecord> all = new ArrayList<>();
    SessionFilter filter =
        SessionFilter.newest(BATCH).withParent(session).withOrder(Order.ASCENDING);
    while (true) {
      List<SessionRecord> page = sessions().list(filter);
      all.addAll(page);
      if (page.size() < BATCH) {
        return all;
      }
      filter = filter.withAfter(page.getLast().id());
    }
  }

  Fold fold(SessionRecord session) {
    return folds.of(session.id(), session.lastSequence());
  }

  SessionState state(SessionRecord session) {
    return fold(session).state();
  }

  /** Refuses what an ended session cannot take. */
  void requireActive(SessionRecord session) {
    if (SessionDoc.archived(session)) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "the session is archived and takes nothing any more");
    }
    switch (state(session).status()) {
      case TERMINATED ->
          throw new ServerException(
              ErrorCode.INVALID_REQUEST, "the session is terminated and takes nothing any more");
      case IDLE, RUNNING, RESCHEDULING -> {}
    }
  }

  /** Changes a session's document in place; returns what {@code session.updated} says. */
  interface Update {
    ObjectNode apply(ObjectNode document);
  }

  /** More events that go with a changed document. */
  interface Also {
    List<? extends SessionEvent> events(ObjectNode document);
  }

  SessionRecord update(Caller caller, SessionId id, Update update) {
    return update(caller, id, update, document -> List.of());
  }

  /** Replaces the document and says so in the log, in one step; no change, no event. */
  SessionRecord update(Caller caller, SessionId id, Update update, Also also) {
    return Records.retrying(
        () -> {
          SessionRecord session =
              sessions().find(id).orElseThrow(() -> Ids.unknownSession(id.value()));
          ObjectNode document = session.document().deepCopy();
          JsonNode changes = update.apply(document);
          if (document.equals(session.document())) {
            return session;
          }
          List<NewEvent> events = new ArrayList<>();
          events.add(
              NewEvent.from(
                  caller.principal(), new SessionEvent.SessionUpdated(EventId.next(), changes)));
          also.events(document)
              .forEach(event -> events.add(NewEvent.from(caller.principal(), event)));
          sessions()
              .append(
                  id,
                  Append.acknowledged(events.toArray(NewEvent[]::new))
                      .withDocument(document)
                      .expecting(session.lastSequence()));
          wake(id);
          return sessions().find(id).orElseThrow(() -> Ids.unknownSession(id.value()));
        });
  }

  /** Waits until the session says that it is idle or ended, at most {@code wait}. */
  void awaitIdle(SessionRecord session, Duration wait) throws InterruptedException {
    long until = System.nanoTime() + wait.toNanos();
    try (Subscription log = sessions().subscribe(session.id(), session.lastSequence())) {
      while (true) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return;
        }
        for (LogEntry entry : log.next(BATCH, Duration.ofNanos(left))) {
          if (entry.event() instanceof SessionEvent.StatusIdle
              || entry.event() instanceof SessionEvent.StatusTerminated) {
            return;
          }
        }
      }
    }
  }
}
