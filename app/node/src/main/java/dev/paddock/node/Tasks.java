package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.AgentFolder;
import dev.paddock.agent.DocumentFile;
import dev.paddock.agent.Forks;
import dev.paddock.agent.Replay;
import dev.paddock.agent.SessionDocument;
import dev.paddock.agent.TurnListener;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.manifest.LocalBase;
import dev.paddock.manifest.StorageLimits;
import dev.paddock.manifest.WorkspaceManifest;
import dev.paddock.provider.ModelRef;
import dev.paddock.sandbox.spi.Readiness;
import dev.paddock.store.PruneRule;
import dev.paddock.store.Pruned;
import dev.paddock.web.WebSearchTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tasks that run in this process: from an agent's folder to the files it leaves. */
public final class Tasks {
  private static final int TITLE = 80;

  private final Node node;
  private final TaskFolders folders;
  private final SessionLoop loop;
  private volatile Consumer<String> progress = line -> {};

  Tasks(Node node, SessionLoop loop) {
    this.node = node;
    this.folders = new TaskFolders(node.home(), node::trees);
    this.loop = loop;
  }

  /** Who is told in words what takes long while a workspace is made. */
  public void tellProgress(Consumer<String> listener) {
    progress = listener;
  }

  /** What shows sessions while they run. */
  public void listen(TurnListener shown) {
    loop.listen(shown);
  }

  /**
   * Checks everything that can be checked before work begins, then makes the session and its
   * workspace. Nothing is made when something is wrong.
   */
  public SessionId prepare(TaskRequest request) {
    Path folder = folderOf(request.agent());
    AgentDefinition agent = AgentFolder.read(folder);
    AgentDefinition chosen = request.model().map(agent::withModel).orElse(agent);
    requirePrice(chosen, new TaskModels(node).resolve(chosen.model()));
    folders.preflight(request.in(), request.out());
    EgressRules.policy(agent.environment(), List.of());
    requireIsolation(agent.environment().network());
    Optional<ObjectNode> manifest =
        request
            .manifest()
            .map(DocumentFile::read)
            .or(() -> AgentFolder.manifest(folder))
            .map(written -> node.manifests().accept(written, true));

    SessionId id = SessionId.next();
    TaskRecord record =
        new TaskRecord(
            folder.toAbsolutePath().normalize(),
            request.in().map(Tasks::absolute),
            request.out().map(Tasks::absolute),
            false,
            request.from().map(ref -> loop.snapshots().find(WorkspaceId.DEFAULT, ref).digest()),
            manifest.map(named -> absolute(request.manifest().map(Tasks::parent).orElse(folder))));
    folders.write(id, record);
    ObjectNode document = SessionDocument.of(chosen).into(Json.object());
    manifest.ifPresent(named -> document.set(Manifests.KEY, named));
    document.put("title", title(request.prompt().orElse(agent.name())));
    NewSession session =
        new NewSession(
            id,
            WorkspaceId.DEFAULT,
            document,
            List.of(NewEvent.from(Principal.localUser(), AgentDefinition.task(request.prompt()))));
    try {
      folders.fill(id, record, named(id, document, record, false));
      requireFit(chosen, session);
    } catch (PaddockException e) {
      loop.release(id);
      folders.delete(id);
      throw e;
    }
    node.store().sessions().create(session);
    return id;
  }

  private TaskFolders.Named named(
      SessionId id, ObjectNode document, TaskRecord record, boolean onlyEphemeral) {
    Path folder = node.home().session(id);
    Manifests.Making making =
        new Manifests.Making(
            record.manifestBase().map(LocalBase::new),
            node.manifests().operatorSecrets(),
            progress,
            onlyEphemeral,
            StorageLimits.DEFAULT.maxTime());
    return workspace -> {
      Optional<WorkspaceManifest> manifest = Manifests.of(document);
      manifest.ifPresent(
          named -> {
            try {
              node.manifests().apply(named, workspace, folder, making);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new NodeException(
                  ErrorCode.CANCELLED, "the workspace was being made when it was interrupted", e);
            }
            SessionManifest.mark(folder, named);
          });
      return manifest.isPresent();
    };
  }

  private static Path parent(Path file) {
    return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
  }

  private void requirePrice(AgentDefinition agent, ModelRef model) {
    if (agent.budget().usd().isPresent() && node.prices().find(model).isEmpty()) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "agent.yaml has a budget in USD, and no price is known for %s; set [prices.\"%s\"] in %s, or take budget.usd out"
              .formatted(model, model, node.home().config()));
    }
  }

  private void requireFit(AgentDefinition agent, NewSession session) {
    List<String> misfits = agent.misfits(loop.definitions(record(session), agent));
    if (agent.rule(WebSearchTool.NAME).isPresent()) {
      node.search().missing().ifPresent(Tasks::refuse);
    }
    if (!misfits.isEmpty()) {
      throw new NodeException(ErrorCode.INVALID_REQUEST, String.join("\n", misfits));
    }
  }

  private static void refuse(String why) {
    throw new NodeException(ErrorCode.INVALID_REQUEST, why);
  }

  /** How it will stand once it is made. */
  private static SessionRecord record(NewSession session) {
    Instant now = Instant.now();
    return new SessionRecord(
        session.id(),
        session.workspaceId(),
        session.parent(),
        session.document(),
        now,
        now,
        0,
        SessionStatus.IDLE,
        Optional.empty());
  }

  /** A session that was cut off, ready to go on; {@code out} replaces where its files go. */
  public SessionId resume(SessionId id, Optional<Path> out) {
    SessionRecord session = session(id);
    TaskRecord record = folders.record(id);
    folders.preflight(Optional.empty(), out);
    requireIsolation(SessionEgress.wanted(session));
    if (out.isPresent()) {
      record = record.withOut(absolute(out.get()));
      folders.write(id, record);
    }
    if (!record.prepared()) {
      folders.fill(id, record, named(id, session.document(), record, false));
    }
    return id;
  }

  /**
   * Runs the session until it waits for someone.
   *
   * @return empty when another process runs it
   */
  public Optional<SessionState> wake(SessionId id) throws InterruptedException {
    return loop.wake(id);
  }

  /** Whether a call still waits for a person's answer. */
  public boolean asks(SessionId id, EventId call) {
    SessionState state = SessionState.of(node.store().sessions().readAll(id));
    return state.openCalls().containsKey(call) && !state.confirmations().containsKey(call);
  }

  public void confirm(SessionId id, EventId call, Permission answer) {
    node.store()
        .sessions()
        .append(
            id,
            Append.acknowledged(
                NewEvent.from(
                    Principal.localUser(),
                    new SessionEvent.UserToolConfirmation(
                        EventId.next(), call, answer, Optional.empty()))));
  }

  public void interrupt(SessionId id) {
    loop.interrupt(id, Principal.localUser());
  }

  /**
   * A new session that begins as another one did, up to one of its events. Its files are a copy of
   * the other one's as they are now.
   */
  public SessionId fork(SessionId from, Optional<EventId> after) {
    session(from);
    SessionId id = SessionId.next();
    try {
      Optional<TaskRecord> task = TaskRecord.find(node.home().session(from), from);
      if (task.isPresent()) {
        TaskRecord record =
            new TaskRecord(
                task.get().agent(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                task.get().manifestBase());
        folders.write(id, record);
        loop.snapshots()
            .withFiles(
                from,
                (files, left) ->
                    folders.fillFrom(
                        files,
                        left,
                        id,
                        record,
                        named(id, session(from).document(), record, true)));
      } else {
        loop.snapshots().copy(from, id);
      }
      Forks.fork(node.store().sessions(), from, after.orElseGet(() -> lastEvent(from)), id);
    } catch (PaddockException e) {
      folders.delete(id);
      throw e;
    }
    return id;
  }

  private EventId lastEvent(SessionId session) {
    return node.store().sessions().readAll(session).getLast().event().id();
  }

  /** Puts the files of a snapshot in the place of a session's own, all or none. */
  public void restore(SessionId id, String snapshot) {
    session(id);
    refuseRunning(id);
    loop.release(id);
    loop.snapshots().restore(id, snapshot);
  }

  /** Keeps a session's files as they are now. */
  public KeptSnapshot snapshot(SessionId id) {
    session(id);
    refuseRunning(id);
    return loop.snapshots().take(id);
  }

  /** Goes through a session's log once more; no model is asked and no call is run. */
  public Replay.Report replay(SessionId id) {
    SessionRecord session = session(id);
    return Replay.of(session, loop.agentOf(session), true, node.store().sessions().readAll(id));
  }

  /** The files that a session's agent added or changed, written to where they belong. */
  public Delivery deliver(SessionId id, Optional<Path> out) {
    session(id);
    return folders.deliver(id, out);
  }

  /** The host folder that the session sees as its workspace. */
  public Path workspace(SessionId id) {
    return folders.workspace(id);
  }

  public void delete(SessionId id) {
    refuseRunning(id);
    loop.delete(id);
  }

  /** Deletes what the rule says, except sessions that run, and their folders. */
  public Pruned prune(PruneRule rule) {
    loop.pruneResting();
    Pruned pruned = node.store().prune(rule.sparing(session -> runs(session.id())));
    folders.deleteAllBut(id -> node.store().sessions().find(id).isPresent());
    return pruned;
  }

  private void refuseRunning(SessionId id) {
    if (runs(id)) {
      throw new NodeException(
          ErrorCode.CONFLICT,
          "session %s is running; stop it first: paddock sessions stop %s".formatted(id, id));
    }
  }

  /** Whether a process runs the session now. */
  public boolean runs(SessionId id) {
    return loop.runs(id);
  }

  private SessionRecord session(SessionId id) {
    return node.store()
        .sessions()
        .find(id)
        .orElseThrow(
            () ->
                new NodeException(
                    ErrorCode.NOT_FOUND,
                    "there is no session %s in %s; see: paddock sessions list"
                        .formatted(id, node.home().root())));
  }

  private Path folderOf(String name) {
    Path folder = Path.of(name);
    if (!Files.exists(folder) && BundledAgents.NAMES.contains(name)) {
      return BundledAgents.folder(name, node.home().cache());
    }
    if (!Files.isDirectory(folder)) {
      throw new NodeException(
          ErrorCode.NOT_FOUND,
          "there is no agent \"%s\": neither a folder with a SKILL.md nor a bundled agent (%s)"
              .formatted(name, String.join(", ", BundledAgents.NAMES)));
    }
    return folder;
  }

  private void requireIsolation(boolean network) {
    Readiness readiness =
        network ? node.sandboxes().egressReadiness() : node.sandboxes().readiness();
    if (!readiness.ready()) {
      Readiness.Missing first = readiness.missing().getFirst();
      throw new NodeException(
          ErrorCode.ISOLATION_MISSING,
          "this machine cannot confine what an agent runs: %s. Fix: %s"
              .formatted(first.what(), first.fix()));
    }
  }

  /** No character is cut in half: not every database takes one. */
  static String title(String text) {
    String title = text.strip();
    if (title.length() <= TITLE) {
      return title;
    }
    return title.substring(
        0, Character.isHighSurrogate(title.charAt(TITLE - 1)) ? TITLE - 1 : TITLE);
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
