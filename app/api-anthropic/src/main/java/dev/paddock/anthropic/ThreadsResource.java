package dev.paddock.anthropic;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /v1/sessions/{id}/threads}: the session's own and those of agents it gave work to. */
final class ThreadsResource {
  private final Records records;
  private final SessionStore store;
  private final SessionWire wire;

  ThreadsResource(Platform platform, Records records, SessionStore store) {
    this.records = records;
    this.store = store;
    this.wire = new SessionWire(store, platform.clock());
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/sessions/{id}/threads", this::list),
        Route.get("/v1/sessions/{id}/threads/{thread}", this::retrieve),
        Route.post("/v1/sessions/{id}/threads/{thread}/archive", this::archive));
  }

  private SessionRecord session(Request request) {
    return store.get(request.caller(), request.parameter("id"));
  }

  private Reply list(Request request) {
    Query query = new Query(request.head());
    SessionRecord session = session(request);
    Set<SessionStatus> statuses = SessionList.statuses(query);
    List<SessionRecord> all = new ArrayList<>(List.of(session));
    all.addAll(store.children(session.id()));
    Optional<Cursor> page = query.page();
    int from = 0;
    if (page.isPresent()) {
      String after = page.get().id();
      while (from < all.size() && all.get(from).id().value().compareTo(after) <= 0) {
        from++;
      }
    }
    int limit = query.limit();
    List<SessionRecord> shown = new ArrayList<>();
    int at = from;
    for (; at < all.size() && shown.size() < limit; at++) {
      if (statuses.isEmpty() || statuses.contains(store.state(all.get(at)).status())) {
        shown.add(all.get(at));
      }
    }
    return Records.page(
        shown.stream().map(thread -> wire.thread(session, thread)).toList(),
        at < all.size() && !shown.isEmpty()
            ? Optional.of(Cursor.after(shown.getLast().id().value()))
            : Optional.empty());
  }

  private Reply retrieve(Request request) {
    SessionRecord session = session(request);
    return Reply.ok(
        wire.thread(session, store.thread(request.caller(), session, request.parameter("thread"))));
  }

  private Reply archive(Request request) {
    SessionRecord session = session(request);
    SessionRecord thread = store.thread(request.caller(), session, request.parameter("thread"));
    if (thread.id().equals(session.id())) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "the primary thread is archived with its session");
    }
    String now = records.now();
    boolean idle = store.state(thread).status() == SessionStatus.IDLE;
    SessionRecord archived =
        store.update(
            request.caller(),
            thread.id(),
            document -> SessionDoc.archive(document, now),
            document -> idle ? List.of() : List.of(new SessionEvent.UserInterrupt(EventId.next())));
    return Reply.ok(wire.thread(session, archived));
  }
}
