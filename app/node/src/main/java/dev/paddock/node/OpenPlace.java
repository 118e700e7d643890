package dev.paddock.node;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.MemoryBook;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.sandbox.LazySandbox;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.spi.Accounts;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Where sessions work, opened: the workspace, its box, its way out, and what is put into it. */
final class OpenPlace implements AutoCloseable {
  /** Within the time that a call has, of which it is a part. */
  private static final Duration CHECKOUT_TIME = Duration.ofSeconds(100);

  private final SessionPlace place;
  private final Workspace workspace;
  private final LazySandbox sandbox;
  private final SessionEgress egress;
  private final Optional<SessionMemory> memory;
  private final Optional<SessionRepositories> repositories;
  private final Optional<SessionManifest> manifest;
  private final Object folder;
  private volatile Instant used = Instant.now();

  private OpenPlace(
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

  /**
   * Opens it; its box is not started for this.
   *
   * @param agent whose needs its box has
   * @param asked is told which session waits for a person now
   */
  static OpenPlace of(
      Node node, SessionPlace place, AgentDefinition agent, Consumer<SessionId> asked) {
    List<ReadOnlyMount> mounts = place.mounts();
    Limits allowed = AgentLimits.of(agent.environment().limits());
    SandboxSpec plain =
        SandboxSpec.of(place.workspace())
            .withMounts(mounts)
            .withEnvironment(place.variables())
            .withAccounts(accounts(node, place))
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
        memory(node, place, workspace),
        repositories(node, place, workspace, allowed),
        place.manifest().map(manifest -> new SessionManifest(node, place, workspace, manifest)));
  }

  private static Accounts accounts(Node node, SessionPlace place) {
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
    return agent.rule("exec_command").isPresent() || agent.rule("expose_port").isPresent();
  }

  private static Optional<SessionMemory> memory(
      Node node, SessionPlace place, Workspace workspace) {
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

  private static Optional<SessionRepositories> repositories(
      Node node, SessionPlace place, Workspace workspace, Limits limits) {
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

  SessionPlace place() {
    return place;
  }

  Workspace workspace() {
    return workspace;
  }

  LazySandbox sandbox() {
    return sandbox;
  }

  SessionEgress egress() {
    return egress;
  }

  Optional<SessionMemory> memory() {
    return memory;
  }

  Optional<SessionRepositories> repositories() {
    return repositories;
  }

  Optional<SessionManifest> manifest() {
    return manifest;
  }

  /** Another process may have put a snapshot in the workspace's place. */
  boolean moved() {
    return !folder.equals(identity(place));
  }

  void use() {
    used = Instant.now();
  }

  boolean usedBefore(Instant time) {
    return used.isBefore(time);
  }

  @Override
  public void close() {
    try {
      sandbox.close();
    } finally {
      memory.ifPresent(SessionMemory::close);
      workspace.close();
      egress.close();
    }
  }
}
