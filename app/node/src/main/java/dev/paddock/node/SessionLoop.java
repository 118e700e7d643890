package dev.paddock.node;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.AgentSource;
import dev.paddock.agent.Loop;
import dev.paddock.agent.LoopParts;
import dev.paddock.agent.LoopSettings;
import dev.paddock.agent.Preview;
import dev.paddock.agent.SessionDocument;
import dev.paddock.agent.Threads;
import dev.paddock.agent.TurnListener;
import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The loop of this process with the hands of its sessions. */
final class SessionLoop implements AutoCloseable {
  private final Node node;
  private final SessionPlaces places;
  private final SessionHands hands;
  private final SessionOutputs outputs;
  private final SessionSnapshots snapshots;
  private final RestingFiles resting;
  private final Loop loop;

  /** Sessions of which nothing was left to collect when they went idle. */
  private final Set<SessionId> collected = ConcurrentHashMap.newKeySet();

  private volatile TurnListener listener = TurnListener.NONE;
  private volatile Consumer<String> troubles = line -> {};
  private volatile Consumer<SessionId> waker = id -> {};

  SessionLoop(Node node, Duration leaseTtl) {
    this.node = node;
    this.places =
        new SessionPlaces(
            node.home(),
            node.store()::sessions,
            node.store()::blobs,
            this::beginWithFiles,
            manifest -> node.manifests().check(manifest).mounts());
    this.resting = new RestingFiles(node);
    this.snapshots = new SessionSnapshots(node, places, resting);
    this.hands = new SessionHands(node, places, id -> waker.accept(id));
    this.outputs = new SessionOutputs(node.store());
    this.loop =
        new Loop(
            LoopParts.of(
                    node.store().sessions(),
                    node.store().leases(),
                    node.store().blobs(),
                    this::agentOf,
                    new TaskModels(node),
                    this::handsOf,
                    new TurnListener() {
                      @Override
                      public void preview(SessionId session, Preview preview) {
                        listener.preview(session, preview);
                      }

                      @Override
                      public void idling(SessionId session) {
                        collectOutputs(session);
                      }
                    })
                .withThreads(Threads.of(node.store().sessions(), id -> waker.accept(id))),
            LoopSettings.defaults(LeaseHolder.THIS.toString())
                .withLeaseTtl(leaseTtl)
                .withCallTimeouts(Map.of("extract", Duration.ofHours(1))));
  }

  PortPreviews.Ports ports() {
    return hands;
  }

  private void beginWithFiles(SessionRecord session, Path workspace) {
    snapshots.begin(session, workspace);
  }

  SessionSnapshots snapshots() {
    return snapshots;
  }

  Hands handsOf(SessionRecord session, AgentDefinition agent) {
    collected.remove(session.id());
    return hands.open(session, agent);
  }

  void listen(TurnListener shown) {
    listener = shown;
  }

  /** Who hears, a line each, what went wrong beside the sessions. */
  void tellTroubles(Consumer<String> listener) {
    troubles = listener;
  }

  /** Who has threads run that a session started. */
  void wakeWith(Consumer<SessionId> runner) {
    waker = runner;
  }

  /**
   * Runs the session until it waits for someone.
   *
   * @return empty when another process runs it
   */
  Optional<SessionState> wake(SessionId id) throws InterruptedException {
    LeaseHolder.freeIfDead(node.store().leases(), lease(id));
    collected.remove(id);
    return loop.wake(id);
  }

  void interrupt(SessionId id, Principal who) {
    loop.interrupt(id, who);
  }

  /** What was left unsaved, such as after an interrupt, is saved now. */
  private void agreeMemory(SessionId id) {
    List<String> notes =
        hands
            .memoryIfOpen(id)
            .map(
                memory -> {
                  memory.mayChange();
                  return memory.agree();
                })
            .orElse(List.of());
    if (notes.isEmpty()) {
      return;
    }
    SessionEvent notice =
        new SessionEvent.Notice(
            EventId.next(), "memory", String.join("\n", notes), Optional.empty());
    node.store()
        .sessions()
        .append(id, Append.acknowledged(NewEvent.of(notice)).with(Append.Durability.TURN));
  }

  /** What cannot be collected is told to whoever operates the node; the session goes on. */
  private void collectOutputs(SessionId id) {
    Optional<Workspace> workspace = hands.workspaceIfOpen(id);
    try {
      agreeMemory(id);
      node.store()
          .sessions()
          .find(id)
          .ifPresent(session -> workspace.ifPresent(opened -> outputs.collect(session, opened)));
      collected.add(id);
    } catch (PaddockException e) {
      troubles.accept(
          "the outputs and memories of session %s were not collected: %s"
              .formatted(id, e.getMessage()));
    }
  }

  /** To be called when a session came to rest, also by an interrupt, which waits for nothing. */
  void rested(SessionId id, SessionState state) {
    if (!collected.contains(id)) {
      collectOutputs(id);
    }
    collected.remove(id);
    if (state.status() == SessionStatus.TERMINATED) {
      hands.release(id);
    }
  }

  /** Whether a process runs the session now. */
  boolean runs(SessionId id) {
    return node.store()
        .leases()
        .held(lease(id))
        .map(Lease::holder)
        .filter(holder -> !LeaseHolder.isDead(holder))
        .isPresent();
  }

  /** Whether what the session needs is here; a task whose input is still being copied is not. */
  boolean canRun(SessionRecord session) {
    return TaskRecord.find(node.home().session(session.id()), session.id())
        .map(TaskRecord::prepared)
        .orElse(true);
  }

  List<ToolDefinition> definitions(SessionRecord session, AgentDefinition agent) {
    return hands.definitions(session, agent);
  }

  /** Ends a session's box and lets go of its files. */
  void release(SessionId id) {
    hands.release(id);
  }

  /**
   * Lets go of boxes that were not used for long, whose files are kept as snapshots, and of those
   * of sessions that ended elsewhere.
   */
  void releaseUnused(Instant now) {
    Instant before = now.minus(node.settings().sandbox().idle());
    for (SessionPlace place : hands.releaseUnused(before, this::runs)) {
      keepResting(place);
    }
    for (SessionId id : hands.sessions()) {
      boolean over =
          node.store()
              .sessions()
              .find(id)
              .map(SessionRecord::status)
              .filter(status -> status != SessionStatus.TERMINATED)
              .isEmpty();
      if (over && !runs(id)) {
        hands.release(id);
      }
    }
    outputs.keepOnly(hands.sessions());
  }

  /** The files are where they were if that fails, and are tried again after the next use. */
  private void keepResting(SessionPlace place) {
    try {
      resting.keep(place, hands);
    } catch (PaddockException e) {
      troubles.accept(
          "the files of idle session %s were not kept as a snapshot: %s"
              .formatted(place.owner().id(), e.getMessage()));
    }
  }

  /** Forgets what was kept of sessions that were deleted. */
  void pruneResting() {
    resting.prune();
  }

  /** Ends the box of a workspace that sessions share. */
  void releaseWorkspace(String workspace) {
    hands.releasePlace(workspace);
  }

  void delete(SessionId id) {
    hands.release(id);
    node.previews().forget(id);
    node.store().sessions().delete(id);
    resting.forget(id);
    WorkspaceRemoval.remove(node.home().session(id));
  }

  AgentSource.SessionAgent agentOf(SessionRecord session) {
    SessionDocument document = SessionDocument.read(session.document());
    AgentDefinition agent = document.definition();
    return new AgentSource.SessionAgent(
        agent, hands.definitions(session, agent), document.clientTools());
  }

  static String lease(SessionId id) {
    return "session/" + id;
  }

  @Override
  public void close() {
    hands.close();
  }
}
