package dev.paddock.node;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.HandsSource;
import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.extract.ExtractTool;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.sandbox.LazySandbox;
import dev.paddock.sandbox.LocalHands;
import dev.paddock.sandbox.PortExposer;
import dev.paddock.sandbox.SandboxTools;
import dev.paddock.sandbox.SharedJournal;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.spi.Accounts;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.PortConnection;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The hands of sessions on this machine: a workspace, its box, a journal a session, and the tools
 * on them. Sessions that share a workspace share its box.
 */
final class SessionHands
    implements HandsSource, RestingFiles.InUse, PortPreviews.Ports, AutoCloseable {
  /** Within the time that a call has, of which it is a part. */
  private static final Duration CHECKOUT_TIME = Duration.ofSeconds(100);

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

  private static final class OpenPlace {
    private final SessionPlace place;
    private final Workspace workspace;
    private final LazySandbox sandbox;
    private final SessionEgress egress;
    private final Optional<SessionMemory> memory;
    private final Optional<SessionRepositories> repositories;
    private final Optional<SessionManifest> manifest;
    private final Object folder;
    private Instant used = Instant.now();

    OpenPlace(
        SessionPlace place,
        Workspace workspace,
        LazySandbox sandbox,
        SessionEgress egress,
        Optional<SessionMemory> memory,
        Optional<SessionRepositories> repositories,
        Optional<SessionManifest> manifest) {
      this.place = place;
      this.workspace = workspace;
      this.sandbox = sandbox;
      this.egress = egress;
      this.memory = memory;
      this.repositories = repositories;
      this.manifest = manifest;
      this.folder = identity(place);
    }

    /** Another process may have put a snapshot in the workspace's place. */
    boolean moved() {
      return !folder.equals(identity(place));
    }

    void close() {
      try {
        sandbox.close();
      } finally {
        memory.ifPresent(SessionMemory::close);
        workspace.close();
        egress.close();
      }
    }
  }

  /** Of the folder that is the place's workspace now. */
  static Object identity(SessionPlace place) {
    try {
      return Objects.requireNonNullElse(
          Files.readAttributes(place.workspace(), BasicFileAttributes.class).fileKey(),
          place.workspace());
    } catch (IOException e) {
      throw NodeException.cannotUse(place.workspace(), e);
    }
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
        .filter(tool -> !SandboxTools.NAMED.contains(tool.name()) || names(agent, tool.name()))
        .filter(tool -> WebTools.offered(tool.name(), agent))
        .toList();
  }

  private static boolean names(AgentDefinition agent, String tool) {
    return agent.rule(tool).isPresent();
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
        && (!opened.place.shows(place)
            || opened.moved()
            || opened.egress.outdated(place.owner()))) {
      closePlace(opened);
      opened = null;
    }
    if (opened == null) {
      opened = openPlace(place, agent);
      open.put(place.key(), opened);
    }
    places.putCopies(place, opened.workspace);
    opened.egress.use(place.owner().id());
    opened.used = Instant.now();
    OpenSession known = sessions.get(session.id());
    if (known == null || !known.record().equals(session)) {
      WebTools.tellMissing(node, session.id(), agent);
    }
    OpenSession now =
        known == null ? openSession(session, agent, opened, place) : known.askedFor(session, place);
    sessions.put(session.id(), now);
    return now;
  }

  private OpenPlace openPlace(SessionPlace place, AgentDefinition agent) {
    List<ReadOnlyMount> mounts = place.mounts();
    Limits allowed = AgentLimits.of(agent.environment().limits());
    SandboxSpec plain =
        SandboxSpec.of(place.workspace())
            .withMounts(mounts)
            .withEnvironment(place.variables())
            .withAccounts(accounts(place))
            .withLimits(allowed);
    boolean oneNetwork = shares(agent) || hasThreads(place.owner());
    SandboxSpec spec = oneNetwork ? plain.withBackground() : plain;
    Workspace workspace = Workspace.open(place.workspace(), mounts, allowed.workspaceBytes());
    SessionEgress egress = new SessionEgress(node, place.owner().id(), asked);
    return new OpenPlace(
        place,
        workspace,
        new LazySandbox(() -> node.sandboxes().start(egress.into(spec))),
        egress,
        memory(place, workspace),
        repositories(place, workspace, allowed),
        place.manifest().map(manifest -> new SessionManifest(node, place, workspace, manifest)));
  }

  private Accounts accounts(SessionPlace place) {
    return place
        .manifest()
        .map(manifest -> node.manifests().check(manifest).accounts())
        .orElse(Accounts.NONE);
  }

  /** Whether agents may work side by side here, which reach what each other starts. */
  private static boolean hasThreads(SessionRecord owner) {
    return SessionDocument.read(owner.document()).roster().stream()
        .anyMatch(agent -> agent.kind() == SessionDocument.Delegate.Kind.DELEGATE);
  }

  /** Whether what its shell starts is to be reached from elsewhere. */
  private static boolean shares(AgentDefinition agent) {
    return names(agent, "exec_command") || names(agent, "expose_port");
  }

  private Optional<SessionMemory> memory(SessionPlace place, Workspace workspace) {
    if (place.memory().isEmpty()) {
      return Optional.empty();
    }
    MemoryBook book =
        new MemoryBook(
            node.store().resources(),
            Clock.systemUTC(),
            place.owner().workspaceId(),
            MemoryBook.actor(place.owner().id()));
    return Optional.of(
        new SessionMemory(
            place.memory(), workspace, book, node.store().blobs(), place.memoryFile()));
  }

  private Optional<SessionRepositories> repositories(
      SessionPlace place, Workspace workspace, Limits limits) {
    return place.repositories().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SessionRepositories(
                place,
                workspace,
                new GitCheckout(
                    node.guard(), new GitProcess(limits.workspaceBytes(), CHECKOUT_TIME)),
                node::repositoryToken,
                node.store().sessions()));
  }

  private OpenSession openSession(
      SessionRecord session, AgentDefinition agent, OpenPlace place, SessionPlace shown) {
    List<Tool> tools =
        new ArrayList<>(SandboxTools.all(place.workspace, place.sandbox, shell(session)));
    tools.addAll(
        SandboxTools.named(place.workspace, place.sandbox, () -> seesImages(agent.model())));
    SessionId owner = shown.owner().id();
    tools.add(
        SandboxTools.exposePort(
            place.sandbox,
            (port, life) -> {
              PortPreviews.Opened opened = node.previews().open(owner, port, life);
              return new PortExposer.Exposed(opened.url(), opened.known().expiresAt());
            }));
    if (mayExtract(agent)) {
      tools.add(
          new ExtractTool(place.workspace, new TaskModels(node).choose(agent.model()).model()));
    }
    tools.addAll(WebTools.of(node, session.id(), place.egress::client));
    SharedJournal journal = SharedJournal.open(places.journal(session.id()), node.store().blobs());
    List<ToolDefinition> definitions = tools.stream().map(Tool::definition).toList();
    Hands hands = new EgressHands(new LocalHands(tools, journal, place.workspace), place.egress);
    Predicate<String> writes =
        name -> definitions.stream().noneMatch(tool -> tool.name().equals(name) && tool.readOnly());
    Hands whole =
        place.memory.<Hands>map(memory -> new MemoryHands(hands, memory, writes)).orElse(hands);
    Hands complete =
        place
            .repositories
            .<Hands>map(repositories -> new RepositoryHands(whole, repositories))
            .orElse(whole);
    Hands ready =
        place
            .manifest
            .<Hands>map(manifest -> new ManifestHands(complete, manifest))
            .orElse(complete);
    return new OpenSession(place, ready, definitions, session, shown);
  }

  /** A thread has one of its own, so that it waits for no other and keeps its own directory. */
  private static String shell(SessionRecord session) {
    return session.parent().isPresent() ? session.id().value() : ShellRequest.MAIN;
  }

  private boolean seesImages(Optional<String> model) {
    return new TaskModels(node)
        .choose(model)
        .model()
        .description()
        .can(ModelDescription.Capability.IMAGES);
  }

  private static boolean mayExtract(AgentDefinition agent) {
    return agent.tools().isEmpty() || names(agent, "extract");
  }

  /** The opened workspace of a session, if its box or tools were ever asked for here. */
  synchronized Optional<Workspace> workspaceIfOpen(SessionId session) {
    return Optional.ofNullable(sessions.get(session)).map(opened -> opened.place().workspace);
  }

  @Override
  public Optional<PortConnection> connect(SessionId session, int port) throws InterruptedException {
    Optional<Sandbox> sandbox = place(session).flatMap(place -> place.sandbox.running());
    used(session);
    return sandbox.isPresent()
        ? Optional.of(sandbox.get().connect(port, Duration.ZERO))
        : Optional.empty();
  }

  @Override
  public synchronized void used(SessionId session) {
    place(session).ifPresent(place -> place.used = Instant.now());
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
    return Optional.ofNullable(sessions.get(session)).flatMap(opened -> opened.place().memory);
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
      open.remove(known.place().place.key());
      known.place().close();
    } else if (known.record().parent().isPresent()) {
      known.place().sandbox.running().ifPresent(box -> box.endShell(shell(known.record())));
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
          place.used.isBefore(before)
              && sessions.entrySet().stream()
                  .filter(entry -> entry.getValue().place() == place)
                  .noneMatch(entry -> inUse.test(entry.getKey()));
      if (idle) {
        closePlace(place);
        released.add(place.place);
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
    open.remove(place.place.key());
    place.close();
  }

  @Override
  public synchronized void close() {
    List.copyOf(open.values()).forEach(this::closePlace);
  }
}
