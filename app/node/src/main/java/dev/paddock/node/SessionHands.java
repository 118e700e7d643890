package dev.paddock.node;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.HandsSource;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.sandbox.SharedJournal;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.spi.PortConnection;
import dev.paddock.sandbox.spi.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The hands of sessions on this machine: a workspace, its box, a journal a session, and the tools
 * on them. Sessions that share a workspace share its box.
 */
final class SessionHands
    implements HandsSource, RestingFiles.InUse, PortPreviews.Ports, AutoCloseable {
  private final Node node;
  private final SessionPlaces places;
  private final Consumer<SessionId> asked;
  private final Map<String, OpenPlace> open = new HashMap<>();
  private final Map<SessionId, OpenSession> sessions = new HashMap<>();

  /**
   * @param asked is told which session waits for a person now
   */
  SessionHands(Node node, SessionPlaces places, Consumer<SessionId> asked) {
    this.node = node;
    this.places = places;
    this.asked = asked;
  }

  /**
   * @param record as it was last asked for
   * @param shown what its box is to show for that
   */
  private record OpenSession(
      OpenPlace place,
      Hands hands,
      List<ToolDefinition> definitions,
      SessionRecord record,
      SessionPlace shown) {
    OpenSession askedFor(SessionRecord now, SessionPlace show) {
      return new OpenSession(place, hands, definitions, now, show);
    }
  }

  @Override
  public Hands open(SessionRecord session, AgentDefinition agent) {
    return of(session, agent).hands();
  }

  /**
   * What the hands of a session can do for an agent. Its box is not started for this. Some tools
   * are there for agents that name them only.
   */
  List<ToolDefinition> definitions(SessionRecord session, AgentDefinition agent) {
    return of(session, agent).definitions().stream()
        .filter(tool -> SessionTools.offered(tool.name(), agent))
        .toList();
  }

  /** A place may take long to make, which keeps no other session waiting. */
  private OpenSession of(SessionRecord session, AgentDefinition agent) {
    return of(session, agent, knownPlace(session).orElseGet(() -> places.of(session)));
  }

  /** Of a record that has not changed since the last call; a thread's also depends on others. */
  private synchronized Optional<SessionPlace> knownPlace(SessionRecord session) {
    return session.parent().isPresent()
        ? Optional.empty()
        : Optional.ofNullable(sessions.get(session.id()))
            .filter(known -> known.record().equals(session))
            .map(OpenSession::shown);
  }

  /** Made anew when what its box must show has changed; the workspace stays, the shell does not. */
  private synchronized OpenSession of(
      SessionRecord session, AgentDefinition agent, SessionPlace place) {
    OpenPlace opened = open.get(place.key());
    if (opened != null
        && (!opened.place().shows(place)
            || opened.moved()
            || opened.egress().outdated(place.owner()))) {
      closePlace(opened);
      opened = null;
    }
    if (opened == null) {
      opened = OpenPlace.of(node, place, agent, asked);
      open.put(place.key(), opened);
    }
    places.putCopies(place, opened.workspace());
    opened.egress().use(place.owner().id());
    opened.use();
    OpenSession known = sessions.get(session.id());
    if (known == null || !known.record().equals(session)) {
      WebTools.tellMissing(node, session.id(), agent);
    }
    OpenSession now =
        known == null ? openSession(session, agent, opened, place) : known.askedFor(session, place);
    sessions.put(session.id(), now);
    return now;
  }

  private OpenSession openSession(
      SessionRecord session, AgentDefinition agent, OpenPlace place, SessionPlace shown) {
    SharedJournal journal = SharedJournal.open(places.journal(session.id()), node.store().blobs());
    SessionTools tools = SessionTools.of(node, session, agent, place, shown.owner().id());
    return new OpenSession(place, tools.hands(journal), tools.definitions(), session, shown);
  }

  /** The opened workspace of a session, if its box or tools were ever asked for here. */
  synchronized Optional<Workspace> workspaceIfOpen(SessionId session) {
    return Optional.ofNullable(sessions.get(session)).map(opened -> opened.place().workspace());
  }

  @Override
  public Optional<PortConnection> connect(SessionId session, int port) throws InterruptedException {
    Optional<Sandbox> sandbox = place(session).flatMap(place -> place.sandbox().running());
    used(session);
    return sandbox.isPresent()
        ? Optional.of(sandbox.get().connect(port, Duration.ZERO))
        : Optional.empty();
  }

  @Override
  public synchronized void used(SessionId session) {
    place(session).ifPresent(place -> place.use());
  }

  /** Where a session works, itself or by its threads. */
  private synchronized Optional<OpenPlace> place(SessionId session) {
    return Optional.ofNullable(sessions.get(session))
        .or(
            () ->
                sessions.values().stream()
                    .filter(opened -> opened.shown().owner().id().equals(session))
                    .findFirst())
        .map(OpenSession::place);
  }

  /** The memory stores of a session, if its box or tools were ever asked for here. */
  synchronized Optional<SessionMemory> memoryIfOpen(SessionId session) {
    return Optional.ofNullable(sessions.get(session)).flatMap(opened -> opened.place().memory());
  }

  /** Sessions whose files are open here. */
  synchronized List<SessionId> sessions() {
    return List.copyOf(sessions.keySet());
  }

  /** Lets go of a session; the box ends with its last session. */
  synchronized void release(SessionId session) {
    OpenSession known = sessions.remove(session);
    if (known == null) {
      return;
    }
    known.hands().close();
    if (sessions.values().stream().noneMatch(other -> other.place() == known.place())) {
      open.remove(known.place().place().key());
      known.place().close();
    } else if (known.record().parent().isPresent()) {
      known
          .place()
          .sandbox()
          .running()
          .ifPresent(box -> box.endShell(SessionTools.shell(known.record())));
    }
  }

  /**
   * Lets go of boxes that nothing used since {@code before} and whose sessions are not in use.
   *
   * @return the places of those boxes
   */
  synchronized List<SessionPlace> releaseUnused(Instant before, Predicate<SessionId> inUse) {
    List<SessionPlace> released = new ArrayList<>();
    for (OpenPlace place : List.copyOf(open.values())) {
      boolean idle =
          place.usedBefore(before)
              && sessions.entrySet().stream()
                  .filter(entry -> entry.getValue().place() == place)
                  .noneMatch(entry -> inUse.test(entry.getKey()));
      if (idle) {
        closePlace(place);
        released.add(place.place());
      }
    }
    return released;
  }

  @Override
  public synchronized boolean opened(SessionPlace place) {
    return open.containsKey(place.key());
  }

  @Override
  public synchronized void unlessOpened(SessionPlace place, Runnable action) {
    if (!opened(place)) {
      action.run();
    }
  }

  /** Ends the box of a place, whoever uses it. */
  synchronized void releasePlace(String key) {
    Optional.ofNullable(open.get(key)).ifPresent(this::closePlace);
  }

  private void closePlace(OpenPlace place) {
    sessions.values().stream()
        .filter(session -> session.place() == place)
        .forEach(session -> session.hands().close());
    sessions.values().removeIf(session -> session.place() == place);
    open.remove(place.place().key());
    place.close();
  }

  @Override
  public synchronized void close() {
    List.copyOf(open.values()).forEach(this::closePlace);
  }
}
