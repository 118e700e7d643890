package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** {@code /v1/sessions}: made, changed while they run, archived and deleted. */
final class SessionsResource {
  private static final String[] CREATE_KEYS = {
    "agent",
    "environment_id",
    "budget",
    "initial_events",
    "metadata",
    "resources",
    "title",
    "vault_ids"
  };
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Platform platform;
  private final Records records;
  private final SessionStore store;
  private final SessionCreation creation;
  private final SessionWire wire;

  SessionsResource(
      Platform platform, Records records, SessionStore store, SessionCreation creation) {
    this.platform = platform;
    this.records = records;
    this.store = store;
    this.creation = creation;
    this.wire = new SessionWire(store, platform.clock());
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/sessions", this::create),
        Route.get("/v1/sessions", this::list),
        Route.get("/v1/sessions/{id}", this::retrieve),
        Route.post("/v1/sessions/{id}", this::update),
        Route.delete("/v1/sessions/{id}", this::delete),
        Route.post("/v1/sessions/{id}/archive", this::archive));
  }

  private Reply create(Request request) throws IOException {
    ObjectNode body = request.json();
    ObjectNode described = body.deepCopy();
    described.remove("initial_events");
    Texts.requireStorable(described);
    Fields fields = Fields.of(body, "");
    fields.only(CREATE_KEYS);
    return Reply.ok(wire.session(creation.create(fields, request.caller())));
  }

  private SessionRecord session(Request request) {
    return store.get(request.caller(), request.parameter("id"));
  }

  private Reply retrieve(Request request) {
    return Reply.ok(wire.session(session(request)));
  }

  private Reply list(Request request) {
    return new SessionList(store, request).reply(wire::session);
  }

  private Reply update(Request request) throws IOException {
    Fields fields = Fields.of(request, "agent", "budget", "metadata", "title", "vault_ids");
    if (fields.sent("vault_ids")) {
      throw fields.invalid("vault_ids", "cannot be changed after the session was created");
    }
    SessionRecord session = session(request);
    store.requireActive(session);
    SessionUpdate update = new SessionUpdate(platform, store, creation.network(), fields);
    return Reply.ok(
        wire.session(
            store.update(
                request.caller(),
                session.id(),
                document -> update.apply(session, document),
                document -> update.events(document))));
  }

  private Reply archive(Request request) throws InterruptedException {
    SessionRecord session = session(request);
    if (SessionDoc.archived(session)) {
      return Reply.ok(wire.session(session));
    }
    String now = records.now();
    boolean works = works(session);
    SessionRecord archived =
        store.update(
            request.caller(),
            session.id(),
            document -> SessionDoc.archive(document, now),
            document ->
                works ? List.of(new SessionEvent.UserInterrupt(EventId.next())) : List.of());
    if (works) {
      store.awaitIdle(archived, STOP);
    }
    platform.portPreviews().end(session.id());
    platform.runner().stop(session.id(), STOP);
    return Reply.ok(wire.session(session(request)));
  }

  private boolean works(SessionRecord session) {
    SessionStatus status = store.state(session).status();
    return status == SessionStatus.RUNNING || status == SessionStatus.RESCHEDULING;
  }

  private Reply delete(Request request) throws InterruptedException {
    SessionRecord session = session(request);
    for (JsonNode resource : SessionDoc.wire(session).path("resources")) {
      if (resource.path("type").asText().equals("github_repository")) {
        records.delete(SessionCreation.TOKEN, resource.path("id").asText());
      }
    }
    platform.runner().delete(session.id());
    return Records.deleted(session.id().value(), "session_deleted");
  }
}
