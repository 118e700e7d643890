package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.PortPreviews;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code /v1/sessions/{id}/paddock_previews}: ports of a session's sandbox that people may open.
 * The vendor's API has nothing like it, so the name says whose it is.
 */
final class PortPreviewsResource {
  private static final String ALL = "/v1/sessions/{id}/paddock_previews";
  private static final int USUAL_MINUTES = 60;
  private static final int MOST_MINUTES = 24 * 60;

  private final Platform platform;
  private final SessionStore store;

  PortPreviewsResource(Platform platform, SessionStore store) {
    this.platform = platform;
    this.store = store;
  }

  List<Route> routes() {
    return List.of(
        Route.post(ALL, this::create),
        Route.get(ALL, this::list),
        Route.delete(ALL + "/{preview}", this::revoke));
  }

  private SessionRecord session(Request request) {
    return store.get(request.caller(), request.parameter("id"));
  }

  private Reply create(Request request) throws IOException {
    Fields fields = Fields.of(request, "port", "minutes");
    int port =
        number(fields, "port", 65_535).orElseThrow(() -> fields.invalid("port", "is required"));
    int minutes = number(fields, "minutes", MOST_MINUTES).orElse(USUAL_MINUTES);
    SessionRecord session = session(request);
    store.requireActive(session);
    PortPreviews.Opened opened =
        platform.portPreviews().open(session.id(), port, Duration.ofMinutes(minutes));
    return Reply.ok(wire(opened.known()).put("url", opened.url()));
  }

  private static Optional<Integer> number(Fields fields, String name, int most) {
    JsonNode value = fields.json().path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || value.longValue() < 1 || value.longValue() > most) {
      throw fields.invalid(name, "must be a whole number from 1 to " + most);
    }
    return Optional.of(value.intValue());
  }

  private Reply list(Request request) {
    SessionRecord session = session(request);
    List<JsonNode> all =
        platform.portPreviews().list(session.id()).stream()
            .<JsonNode>map(PortPreviewsResource::wire)
            .toList();
    return Records.page(all, Optional.empty());
  }

  private Reply revoke(Request request) {
    String id = request.parameter("preview");
    return platform
        .portPreviews()
        .revoke(session(request).id(), id)
        .map(revoked -> Reply.ok(wire(revoked)))
        .orElseThrow(
            () ->
                ServerException.notFound(
                    "there is no preview \"%s\" in this session".formatted(Texts.shortened(id))));
  }

  /** Without what opens it. */
  private static ObjectNode wire(PortPreviews.Known known) {
    return Json.object()
        .put("id", known.id())
        .put("type", "paddock_preview")
        .put("session_id", known.session().value())
        .put("port", known.port())
        .put("state", known.state())
        .put("created_at", known.createdAt().toString())
        .put("expires_at", known.expiresAt().toString());
  }
}
