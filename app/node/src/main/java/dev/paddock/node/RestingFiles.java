package dev.paddock.node;

import dev.paddock.agent.SessionDocument;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.sandbox.Snapshot;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The last snapshot of each session whose sandbox was stopped because nothing used it. Where its
 * folder is no longer there, the session goes on with that.
 */
final class RestingFiles {
  /** Of the resources that keep them, named like their session. */
  static final String KIND = "resting_files";

  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final int PAGE = 1_000;

  private final Node node;

  RestingFiles(Node node) {
    this.node = node;
  }

  /**
   * Keeps the files of a session that rests, and where the settings say so lets the folder go. One
   * that goes on meanwhile is left alone: its next rest is another chance.
   *
   * @param inUse whether the place was opened again
   */
  void keep(SessionPlace place, InUse inUse) {
    SessionId id = place.owner().id();
    if (isShared(place) || TaskRecord.find(node.home().session(id), id).isPresent()) {
      return;
    }
    Optional<SessionRecord> before = record(id);
    if (before.isEmpty() || inUse.opened(place)) {
      return;
    }
    Object folder = SessionHands.identity(place);
    Optional<Snapshot> taken = take(place, before.get());
    boolean release = node.settings().sandbox().idleKeeps() == Settings.IdleKeeps.SNAPSHOT;
    if (taken.isPresent()
        && release
        && taken.get().manifest().skippedCount() == 0
        && place.memory().isEmpty()) {
      letGo(place, before.get(), folder, inUse);
    }
  }

  /** Whether a place is open in this process; asked with the lock that opens places. */
  interface InUse {
    boolean opened(SessionPlace place);

    /** Does it unless the place is open, and keeps it from being opened meanwhile. */
    void unlessOpened(SessionPlace place, Runnable action);
  }

  private static boolean isShared(SessionPlace place) {
    return !place.key().equals(place.owner().id().value());
  }

  /** Empty when the session went on meanwhile, or was deleted. */
  private Optional<Snapshot> take(SessionPlace place, SessionRecord before) {
    SessionId id = before.id();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Snapshot taken;
      try (Workspace workspace = Workspace.open(place.workspace(), place.mounts())) {
        taken = node.trees().take(workspace, SessionSnapshots.ephemeral(place));
      }
      if (!rests(before)) {
        return Optional.empty();
      }
      store(before, taken);
      if (node.trees().isWhole(taken)) {
        return Optional.of(taken);
      }
    }
    throw new NodeException(
        ErrorCode.BUSY,
        "parts of the snapshot of session %s were removed while it was taken".formatted(id));
  }

  private void store(SessionRecord session, Snapshot taken) {
    String id = session.id().value();
    var document = Json.object().put("id", id).put("digest", taken.digest());
    document.put("sequence", session.lastSequence());
    document.set("parts", Json.tree(taken.blobs()));
    Change change =
        find(session.id())
            .<Change>map(known -> new Change.Update(KIND, id, known.version(), document))
            .orElseGet(() -> new Change.Create(KIND, id, session.workspaceId(), document));
    node.store().resources().apply(List.of(change));
  }

  private boolean rests(SessionRecord before) {
    return !node.loop().runs(before.id())
        && record(before.id())
            .filter(now -> now.lastSequence() == before.lastSequence())
            .isPresent();
  }

  /** With the session's lease, so that no other process goes on with it in the middle. */
  private void letGo(SessionPlace place, SessionRecord before, Object folder, InUse inUse) {
    Path gone = place.folder().resolve(Ids.next("resting"));
    Optional<Lease> lease =
        node.store()
            .leases()
            .acquire(SessionLoop.lease(before.id()), LeaseHolder.THIS + "/resting", LEASE);
    if (lease.isEmpty()) {
      return;
    }
    try {
      inUse.unlessOpened(
          place,
          () -> {
            boolean same =
                record(before.id())
                    .filter(now -> now.lastSequence() == before.lastSequence())
                    .isPresent();
            if (same && folder.equals(SessionHands.identity(place))) {
              move(place.workspace(), gone);
            }
          });
    } finally {
      node.store().leases().release(lease.get());
    }
    WorkspaceRemoval.remove(gone);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw NodeException.cannotUse(from, e);
    }
  }

  /**
   * Makes the workspace of a session again of what was kept of it.
   *
   * @return whether anything was kept
   */
  boolean comeBack(SessionRecord session, Path workspace) {
    Optional<String> digest =
        find(session.id()).map(kept -> kept.document().path("digest").asText());
    if (digest.isEmpty() || SessionDocument.read(session.document()).workspace().isPresent()) {
      return false;
    }
    Path folder = node.home().session(session.id());
    try {
      // the stores' folders are not in the snapshot; to the old book they would look emptied
      Files.deleteIfExists(SessionPlace.memoryFile(folder));
    } catch (IOException e) {
      throw NodeException.cannotUse(workspace, e);
    }
    Manifests.of(session.document())
        .ifPresent(manifest -> SessionManifest.unmarkEphemeral(folder, manifest));
    node.trees().restore(digest.get(), workspace);
    return true;
  }

  void forget(SessionId id) {
    node.store().resources().delete(KIND, id.value());
  }

  /** Forgets those of sessions that were deleted. */
  void prune() {
    Optional<String> after = Optional.empty();
    List<Resource> page;
    do {
      ResourceFilter filter = ResourceFilter.newest(KIND, PAGE);
      page = node.store().resources().list(after.map(filter::withAfter).orElse(filter));
      page.stream()
          .map(kept -> new SessionId(kept.id()))
          .filter(id -> record(id).isEmpty())
          .forEach(this::forget);
      after = page.isEmpty() ? after : Optional.of(page.getLast().id());
    } while (page.size() == PAGE);
  }

  private Optional<Resource> find(SessionId id) {
    return node.store().resources().find(KIND, id.value());
  }

  private Optional<SessionRecord> record(SessionId id) {
    return node.store().sessions().find(id);
  }
}
