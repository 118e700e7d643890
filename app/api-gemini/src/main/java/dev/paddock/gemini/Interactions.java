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
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Interactions as sessions. */
final class Interactions {
  private static final String PREFIX = "int_";
  private static final String SESSION = "sesn_";
  private static final int SHORT_INPUT = 16 << 10;
  private static final int MOST_UNFINISHED = 1000;

  private final Platform platform;
  private final InteractionPlan plan;
  private final Environments environments;
  private final LiveFeeds feeds;

  /** Not to be stored, and no one waits for their end. */
  private final Set<SessionId> abandoned = ConcurrentHashMap.newKeySet();

  Interactions(Platform platform, InteractionPlan plan, Environments environments) {
    this.platform = platform;
    this.plan = plan;
    this.environments = environments;
    this.feeds = new LiveFeeds(platform);
  }

  /** To be called before anything runs: hears what an earlier process left unfinished. */
  void takeUp() {
    for (SessionRecord session : platform.sessions().unfinished(MOST_UNFINISHED)) {
      if (InteractionMark.isOn(session)) {
        if (!InteractionMark.of(session).isKept()) {
          abandoned.add(session.id());
        }
        feeds.follow(session, this::ended);
      }
    }
    Thread.ofVirtual().name("interactions-swept").start(this::sweep);
  }

  private void sweep() {
    SessionFilter unkept =
        SessionFilter.newest(MOST_UNFINISHED).withMatching(InteractionMark.KEY + ".kept", "no");
    for (SessionRecord session : platform.sessions().list(unkept)) {
      forgetEnded(session);
    }
  }

  private void ended(SessionRecord session) {
    if (abandoned.remove(session.id())) {
      forgetEnded(session);
    }
  }

  /** To be called when no one waits any more for one that may not be stored. */
  void abandon(SessionRecord session) {
    if (!InteractionMark.of(session).isKept()) {
      abandoned.add(session.id());
      forgetEnded(session);
    }
  }

  private void forgetEnded(SessionRecord session) {
    try {
      if (state(session).isFinal()) {
        delete(session);
      }
    } catch (InterruptedException e) {
      // it goes when the next process starts
      Thread.currentThread().interrupt();
    } catch (PaddockException e) {
      if (e.code() != ErrorCode.NOT_FOUND) {
        throw e;
      }
    }
  }

  InteractionStream stream(SessionRecord session, StreamPosition from, Runnable onEnd) {
    return InteractionStream.open(platform, feeds, session, from, onEnd);
  }

  /** Sees to it that it is run. */
  void run(SessionRecord session) {
    platform.runner().wake(session.id());
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
    SessionRecord session =
        platform
            .sessions()
            .create(
                new NewSession(SessionId.next(), caller.workspace(), document, history.events()));
    feeds.follow(session, this::ended);
    return session;
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
