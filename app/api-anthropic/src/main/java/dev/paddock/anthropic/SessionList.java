package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A page of sessions, with its neighbours in both directions. */
record SessionList(SessionStore store, Query query, Request request) {
  static final String[] STATUSES = {"rescheduling", "running", "idle", "terminated"};

  SessionList(SessionStore store, Request request) {
    this(store, new Query(request.head()), request);
  }

  Reply reply(Function<SessionRecord, ObjectNode> wire) {
    int limit = query.limit();
    boolean descending = query.word("order", "asc", "desc").orElse("desc").equals("desc");
    Optional<Cursor> page = query.page();
    boolean backwards = page.map(Cursor::backwards).orElse(false);
    SessionFilter filter =
        filter()
            .withOrder(descending != backwards ? Order.DESCENDING : Order.ASCENDING)
            .withLimit(limit + 1);
    if (page.isPresent()) {
      filter = filter.withAfter(after(page.get()));
    }
    boolean nothing = query.text("deployment_id").isPresent();
    List<SessionRecord> found = nothing ? List.of() : store.sessions().list(filter);
    boolean more = found.size() > limit;
    List<SessionRecord> shown = found.subList(0, Math.min(limit, found.size()));
    if (backwards) {
      shown = shown.reversed();
    }
    ObjectNode answer = Json.object();
    ArrayNode data = answer.putArray("data");
    shown.forEach(session -> data.add(wire.apply(session)));
    boolean next = !shown.isEmpty() && (backwards || more);
    boolean before = !shown.isEmpty() && (backwards ? more : page.isPresent());
    answer.put("next_page", next ? Cursor.after(shown.getLast().id().value()).toString() : null);
    answer.put(
        "prev_page", before ? Cursor.before(shown.getFirst().id().value()).toString() : null);
    return Reply.ok(answer);
  }

  private SessionFilter filter() {
    SessionFilter filter =
        SessionFilter.newest(1)
            .withWorkspace(request.caller().workspace())
            .withMatching(SessionDoc.MADE_BY, SessionDoc.API)
            .withStatuses(statuses(query))
            .withCreated(query.times("created_at"));
    if (!query.flag("include_archived")) {
      filter = filter.withAbsent(SessionDoc.ARCHIVED);
    }
    Optional<String> agent = query.id("agent_id");
    Optional<Long> version = query.integer("agent_version", 1, Integer.MAX_VALUE);
    if (agent.isPresent()) {
      filter = filter.withMatching(SessionDoc.AGENT_ID, agent.get());
      if (version.isPresent()) {
        filter = filter.withMatching(SessionDoc.AGENT_VERSION, version.get().toString());
      }
    }
    Optional<String> memory = query.id("memory_store_id");
    return memory.isEmpty()
        ? filter
        : filter.withMatching(
            SessionDoc.MEMORY + memory.get().toLowerCase(Locale.ROOT).replace('-', '_'),
            "attached");
  }

  static Set<SessionStatus> statuses(Query query) {
    Set<SessionStatus> statuses = EnumSet.noneOf(SessionStatus.class);
    for (String word : query.words("statuses", STATUSES)) {
      statuses.add(SessionStatus.valueOf(word.toUpperCase(Locale.ROOT)));
    }
    return statuses;
  }

  /** The session that a page begins behind. */
  static SessionId after(Cursor cursor) {
    if (!Ids.isSession(cursor.id())) {
      throw Cursor.invalid();
    }
    return new SessionId(cursor.id());
  }
}
