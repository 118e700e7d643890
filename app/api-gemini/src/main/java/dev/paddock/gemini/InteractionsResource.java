package dev.paddock.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code /v1beta/interactions} and its twin of version 1. */
final class InteractionsResource {
  private static final String PATH = "/interactions";
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration CANCEL = Duration.ofSeconds(5);

  private final Platform platform;
  private final Interactions interactions;

  InteractionsResource(Platform platform, Interactions interactions) {
    this.platform = platform;
    this.interactions = interactions;
  }

  List<Route> routes(String root) {
    String path = root + PATH;
    return List.of(
        Route.post(path, this::create),
        Route.get(path + "/{id}", this::get),
        Route.delete(path + "/{id}", this::delete),
        Route.post(path + "/{id}/cancel", this::cancel));
  }

  private Reply create(Request request) throws IOException, InterruptedException {
    InteractionRequest asked = InteractionRequest.read(request.json());
    SessionRecord session = interactions.create(asked, request.caller());
    if (asked.stream()) {
      InteractionStream stream =
          interactions.stream(
              session,
              new StreamPosition.Nothing(),
              () -> left(request, session, asked.background()));
      interactions.run(session);
      return Reply.events(stream);
    }
    interactions.run(session);
    if (!asked.background()) {
      awaitEnd(session, request);
    }
    ObjectNode answer = InteractionView.whole(session, interactions.state(session));
    interactions.abandon(session);
    return Reply.ok(answer);
  }

  private void awaitEnd(SessionRecord session, Request request) throws InterruptedException {
    InteractionState state = interactions.state(session);
    try (LogReader log = new LogReader(platform, session.id(), state.sequence())) {
      while (!state.isFinal()) {
        Optional<List<LogEntry>> entries = log.next(LOOK);
        entries.orElse(List.of()).forEach(state::apply);
        if (!state.isFinal() && request.gone()) {
          interactions.interrupt(session, request.caller().principal());
          interactions.abandon(session);
          throw new ServerException(ErrorCode.CANCELLED, "the client hung up");
        }
        if (entries.isEmpty()) {
          throw platform.sessions().find(session.id()).isEmpty()
              ? ServerException.notFound("the interaction was deleted")
              : new ServerException(ErrorCode.UNAVAILABLE, "the server is stopping; try again");
        }
      }
    }
  }

  /** A client that does not wait for the answer wants none, unless it said so. */
  private void left(Request request, SessionRecord session, boolean background) {
    if (platform.sessions().find(session.id()).isEmpty()) {
      return;
    }
    if (!background && request.gone()) {
      interactions.interrupt(session, request.caller().principal());
    }
    interactions.abandon(session);
  }

  private Reply get(Request request) {
    SessionRecord session = interactions.require(request.parameter("id"), request.caller());
    boolean stream = Query.flag(request, "stream");
    boolean input = Query.flag(request, "include_input");
    if (stream) {
      String from =
          request
              .head()
              .query("last_event_id")
              .or(() -> request.head().header("last-event-id"))
              .orElse("");
      StreamPosition position = StreamPosition.read(from);
      return Reply.events(interactions.stream(session, position, () -> {}));
    }
    ObjectNode answer = InteractionView.whole(session, interactions.state(session));
    if (input) {
      InteractionMark.of(session)
          .input(platform.blobs())
          .ifPresent(node -> answer.set("input", node));
    }
    return Reply.ok(answer);
  }

  private Reply delete(Request request) throws InterruptedException {
    interactions.delete(interactions.require(request.parameter("id"), request.caller()));
    return Reply.ok(Json.object());
  }

  private Reply cancel(Request request) throws IOException, InterruptedException {
    new Fields(request.json(), "").noOthers();
    SessionRecord session = interactions.require(request.parameter("id"), request.caller());
    if (!InteractionMark.of(session).background()) {
      throw precondition("it does not run in the background; hang up to cancel it");
    }
    if (!interactions.interrupt(session, request.caller().principal())) {
      throw precondition("it is %s already".formatted(interactions.state(session).status().word));
    }
    return Reply.ok(InteractionView.whole(session, ended(session)));
  }

  /** As it is when it has ended, or after a while. */
  private InteractionState ended(SessionRecord session) throws InterruptedException {
    InteractionState state = interactions.state(session);
    Instant deadline = platform.clock().instant().plus(CANCEL);
    try (LogReader log = new LogReader(platform, session.id(), state.sequence())) {
      while (!state.isFinal() && platform.clock().instant().isBefore(deadline)) {
        Optional<List<LogEntry>> entries = log.next(LOOK);
        if (entries.isEmpty()) {
          return state;
        }
        entries.get().forEach(state::apply);
      }
    }
    return state;
  }

  private static ServerException precondition(String why) {
    return new ServerException(ErrorCode.CONFLICT, "the interaction cannot be cancelled: " + why)
        .withStatus(400);
  }
}
