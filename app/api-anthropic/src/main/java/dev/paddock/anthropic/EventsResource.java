package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** {@code /v1/sessions/{id}/events}: what went in and came out, and what goes in. */
final class EventsResource {
  private static final int USUAL_PAGE = 100;
  private static final int MAX_PAGE = 1_000;
  private static final int MAX_TYPES = 64;
  private static final int MAX_EVENTS = 100;

  /** A sequence that no log is at. */
  private static final long NEVER = -1;

  private final Platform platform;
  private final Records records;
  private final SessionStore store;

  EventsResource(Platform platform, Records records, SessionStore store) {
    this.platform = platform;
    this.records = records;
    this.store = store;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/sessions/{id}/events", this::list),
        Route.post("/v1/sessions/{id}/events", this::send),
        Route.get("/v1/sessions/{id}/events/stream", this::stream),
        Route.get("/v1/sessions/{id}/threads/{thread}/events", this::listThread),
        Route.get("/v1/sessions/{id}/threads/{thread}/stream", this::streamThread));
  }

  private SessionRecord session(Request request) {
    return store.get(request.caller(), request.parameter("id"));
  }

  private SessionRecord thread(Request request) {
    return store.thread(request.caller(), session(request), request.parameter("thread"));
  }

  private Reply list(Request request) {
    return list(request, session(request));
  }

  private Reply listThread(Request request) {
    return list(request, thread(request));
  }

  private Reply list(Request request, SessionRecord session) {
    Query query = new Query(request.head());
    int limit = query.limit(USUAL_PAGE, MAX_PAGE);
    boolean ascending = query.word("order", "asc", "desc").orElse("asc").equals("asc");
    LogQuery log =
        (ascending ? LogQuery.first(limit + 1) : LogQuery.last(limit + 1))
            .withTypes(new HashSet<>(types(query)))
            .withCreated(query.times("created_at"))
            .withOrder(ascending ? Order.ASCENDING : Order.DESCENDING);
    Optional<Cursor> page = query.page();
    if (page.isPresent()) {
      long at = page.get().number();
      log = ascending ? log.withAfter(at) : log.withBefore(at);
    }
    List<LogEntry> found = store.sessions().read(session.id(), log);
    List<LogEntry> shown = found.subList(0, Math.min(limit, found.size()));
    return Records.page(
        shown.stream().map(EventWire::of).toList(),
        found.size() > limit
            ? Optional.of(Cursor.after(Long.toString(shown.getLast().sequence())))
            : Optional.empty());
  }

  private static List<String> types(Query query) {
    List<String> types = query.texts("types", MAX_TYPES);
    for (String type : types) {
      if (!type.matches("[a-z_.]{1,64}")) {
        throw ServerException.invalid(
            "types", "\"%s\" is no type of event".formatted(Texts.shortened(type)));
      }
    }
    return types;
  }

  private Reply send(Request request) throws IOException {
    Fields fields = Fields.of(request.json(), "");
    fields.only("events");
    SessionRecord first = session(request);
    store.requireActive(first);
    EventReader reader = new EventReader(records, platform.blobs(), request.caller());
    List<SessionEvent.Inbound> events = new ArrayList<>();
    for (Fields event : fields.objects("events", MAX_EVENTS)) {
      events.add(reader.read(event));
    }
    if (events.isEmpty()) {
      throw fields.invalid("events", "must have 1 to %d events".formatted(MAX_EVENTS));
    }
    EventRules.requireOrder(events);
    Optional<String> key =
        request.head().header("idempotency-key").filter(text -> text.length() <= 256);
    Appended appended = Records.retrying(() -> append(request, events, key));
    store.wake(first.id());
    ObjectNode answer = Json.object();
    ArrayNode data = answer.putArray("data");
    appended.entries().forEach(entry -> data.add(EventWire.of(entry)));
    return Reply.ok(answer);
  }

  private Appended append(
      Request request, List<SessionEvent.Inbound> events, Optional<String> key) {
    SessionRecord session = session(request);
    store.requireActive(session);
    Fold fold = store.fold(session);
    List<NewEvent> all =
        events.stream().map(event -> NewEvent.from(request.caller().principal(), event)).toList();
    Append append = Append.acknowledged(all.toArray(NewEvent[]::new));
    try {
      new EventRules(store, session, fold.state()).requireFit(events);
    } catch (ServerException unfit) {
      return key.map(used -> before(session, append.withKey(used), unfit)).orElseThrow(() -> unfit);
    }
    Append now = append.expecting(fold.sequence());
    return store.sessions().append(session.id(), key.isPresent() ? now.withKey(key.get()) : now);
  }

  /** What the key appended before, which may be why it does not fit any more. */
  private Appended before(SessionRecord session, Append append, ServerException unfit) {
    try {
      return store.sessions().append(session.id(), append.expecting(NEVER));
    } catch (PaddockException unknownKey) {
      unfit.addSuppressed(unknownKey);
      throw unfit;
    }
  }

  private Reply stream(Request request) {
    return stream(request, session(request));
  }

  private Reply streamThread(Request request) {
    return stream(request, thread(request));
  }

  private Reply stream(Request request, SessionRecord session) {
    Query query = new Query(request.head());
    List<String> previews = query.words("event_deltas", "agent.message", "agent.thinking");
    long after =
        request
            .head()
            .header("last-event-id")
            .filter(id -> !id.isBlank())
            .map(id -> EventPlace.of(store.sessions(), session, id))
            .orElse(session.lastSequence());
    SessionStream stream = new SessionStream(store.sessions(), session.id(), after);
    return Reply.events(
        previews.isEmpty()
            ? stream
            : PreviewStream.open(stream, platform.previews(), session.id(), previews));
  }
}
