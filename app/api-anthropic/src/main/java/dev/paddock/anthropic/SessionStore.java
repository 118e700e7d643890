package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
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
        .orElseThrow(() -> ServerException.notFound(Ids.unknownThread(thread)));
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

  /** A change of a session's document and what the log says of it; no changes, no event. */
  interface Update {
    /** Changes the document in place; what it returns stands in {@code session.updated}. */
    ObjectNode apply(ObjectNode document);
  }

  SessionRecord update(Caller caller, SessionId id, Update update, SessionEvent... more) {
    return Records.retrying(
        () -> {
          SessionRecord session =
              find(caller, id).orElseThrow(() -> Ids.unknownSession(id.value()));
          ObjectNode document = session.document().deepCopy();
          JsonNode changes = update.apply(document);
          if (document.equals(session.document())) {
            return session;
          }
          List<NewEvent> events = new ArrayList<>();
          events.add(
              NewEvent.from(
                  caller.principal(), new SessionEvent.SessionUpdated(EventId.next(), changes)));
          for (SessionEvent event : more) {
            events.add(NewEvent.of(event));
          }
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
}
