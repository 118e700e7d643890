package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Interactions as sessions. */
final class Interactions {
  private static final String PREFIX = "int_";
  private static final String SESSION = "sesn_";
  private static final int SHORT_INPUT = 16 << 10;

  private final Platform platform;
  private final InteractionPlan plan;
  private final Environments environments;

  Interactions(Platform platform, InteractionPlan plan, Environments environments) {
    this.platform = platform;
    this.plan = plan;
    this.environments = environments;
  }

  static String idOf(SessionId session) {
    return PREFIX + session.value().substring(SESSION.length());
  }

  private static Optional<SessionId> sessionOf(String id) {
    if (!id.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SessionId(SESSION + id.substring(PREFIX.length())));
    } catch (CoreException e) {
      return Optional.empty();
    }
  }

  /** {@code NOT_FOUND} for one that was not to be stored, and for another workspace's. */
  SessionRecord require(String id, Caller caller) {
    return sessionOf(id)
        .flatMap(platform.sessions()::find)
        .filter(found -> found.workspaceId().equals(caller.workspace()))
        .filter(found -> InteractionMark.isOn(found) && InteractionMark.of(found).isKept())
        .orElseThrow(
            () ->
                ServerException.notFound(
                    "there is no interaction \"%s\"".formatted(Fields.shown(id))));
  }

  InteractionState state(SessionRecord session) {
    InteractionMark mark = InteractionMark.of(session);
    InteractionState state = new InteractionState(mark.history(), mark.summaries());
    platform.sessions().readAll(session.id()).forEach(state::apply);
    return state;
  }

  /** Stores it with all that it starts from; it runs when it is woken. */
  SessionRecord create(InteractionRequest request, Caller caller) throws IOException {
    Optional<SessionRecord> previous = request.previous().map(id -> require(id, caller));
    History history = new History(caller.principal());
    previous.ifPresent(session -> goOn(session, history));
    history.add(request.input());
    InteractionPlan.Planned planned = plan.of(request, previous, caller);
    ObjectNode document = planned.document();
    ObjectNode mark = document.putObject(InteractionMark.KEY);
    mark.put("history", history.events().size());
    mark.put("kept", request.store() ? "yes" : "no");
    mark.put("background", request.background());
    mark.put("summaries", request.generation().summaries());
    planned.environment().ifPresent(id -> mark.put("environment_id", id));
    mark.set("request", request.echo());
    keepInput(mark, request.rawInput());
    return platform
        .sessions()
        .create(new NewSession(SessionId.next(), caller.workspace(), document, history.events()));
  }

  private void keepInput(ObjectNode mark, JsonNode input) {
    byte[] bytes = Json.bytes(input);
    if (bytes.length <= SHORT_INPUT) {
      mark.set("input", input);
    } else {
      mark.put("input_sha256", platform.blobs().put(bytes));
    }
  }

  private void goOn(SessionRecord previous, History history) {
    List<LogEntry> log = platform.sessions().readAll(previous.id());
    InteractionMark mark = InteractionMark.of(previous);
    InteractionState state = new InteractionState(mark.history(), mark.summaries());
    log.forEach(state::apply);
    if (!state.isFinal()) {
      throw new ServerException(
              ErrorCode.CONFLICT,
              "the interaction %s is in progress; wait for its end or cancel it"
                  .formatted(idOf(previous.id())))
          .withStatus(400);
    }
    history.copy(log);
    history.closeOwnCalls();
  }

  /**
   * Asks for an end, unless it has ended.
   *
   * @return false when it had
   */
  boolean interrupt(SessionRecord session, Principal who) {
    while (true) {
      InteractionState state = state(session);
      if (state.isFinal()) {
        return false;
      }
      try {
        platform
            .sessions()
            .append(
                session.id(),
                Append.acknowledged(
                        NewEvent.from(who, new SessionEvent.UserInterrupt(EventId.next())))
                    .expecting(state.sequence()));
        platform.runner().wake(session.id());
        return true;
      } catch (PaddockException e) {
        // it went on meanwhile: look again
        if (e.code() != ErrorCode.CONFLICT) {
          throw e;
        }
      }
    }
  }

  void delete(SessionRecord session) throws InterruptedException {
    platform.runner().delete(session.id());
    String workspace = session.document().path("workspace").asText();
    environments.deleteIfUnused(workspace);
  }
}
