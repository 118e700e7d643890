package dev.paddock.node;

import dev.paddock.agent.SessionDocument;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.Snapshot;
import dev.paddock.sandbox.Snapshots;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.sandbox.WorkspaceSwap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Snapshots of sessions' files: taken, kept, put back, and what a new session begins with. A
 * session's document may say so by {@link #KEY}.
 */
public final class SessionSnapshots {
  /** Of a session's document: a snapshot's digest, or a session whose files are copied. */
  public static final String KEY = "files_from";

  /** Of the resources that keep snapshots. */
  public static final String KIND = "snapshot";

  private static final String OWN_FILES = "/workspace/";
  private static final int MOST = 1_000;
  private static final int ATTEMPTS = 3;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{8,64}");

  private final Node node;
  private final SessionPlaces places;
  private final RestingFiles resting;

  SessionSnapshots(Node node, SessionPlaces places, RestingFiles resting) {
    this.node = node;
    this.places = places;
    this.resting = resting;
  }

  /** Keeps the files of a session that does not run. */
  KeptSnapshot take(SessionId id) {
    SessionRecord session = session(id);
    SessionPlace place = places.of(session);
    try (Workspace workspace = open(place)) {
      List<String> left = ephemeral(place);
      return keep(session.workspaceId(), id.value(), () -> trees().take(workspace, left));
    }
  }

  /** Takes in an archive, tar in zstd, of anybody's making. */
  public KeptSnapshot take(Path archive) {
    return keep(
        WorkspaceId.DEFAULT,
        String.valueOf(archive.getFileName()),
        () -> {
          try (InputStream in = Files.newInputStream(archive)) {
            return trees().take(in);
          } catch (IOException e) {
            throw NodeException.cannotUse(archive, e);
          } catch (SandboxException e) {
            throw new NodeException(e.code(), archive + ": " + e.getMessage(), e);
          }
        });
  }

  /** Until the snapshot is named in the store, its parts are nobody's and may be swept. */
  private KeptSnapshot keep(WorkspaceId owner, String from, Supplier<Snapshot> taking) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Snapshot taken = taking.get();
      Resource kept =
          known(owner, taken.digest(), from).orElseGet(() -> create(owner, taken, from));
      if (trees().isWhole(taken)) {
        return KeptSnapshot.of(kept);
      }
    }
    throw new NodeException(
        ErrorCode.BUSY, "parts of the snapshot were removed while it was taken; try again");
  }

  private Optional<Resource> known(WorkspaceId owner, String digest, String from) {
    return node
        .store()
        .resources()
        .list(
            ResourceFilter.newest(KIND, 1)
                .withWorkspace(owner)
                .withMatching("digest", digest)
                .withMatching("from", from))
        .stream()
        .findFirst();
  }

  private Resource create(WorkspaceId owner, Snapshot taken, String from) {
    String id = Ids.next("snap");
    return node.store().resources().create(KIND, id, owner, KeptSnapshot.document(id, taken, from));
  }

  /** The newest first. */
  public List<KeptSnapshot> list(int limit) {
    return node.store().resources().list(ResourceFilter.newest(KIND, limit)).stream()
        .map(KeptSnapshot::of)
        .toList();
  }

  /**
   * @param reference a digest, its beginning, or an archive's file; that is taken in
   */
  KeptSnapshot find(WorkspaceId owner, String reference) {
    if (!DIGEST.matcher(reference).matches()) {
      Path file = Path.of(reference);
      if (Files.isRegularFile(file)) {
        return take(file);
      }
      throw missing(reference);
    }
    ResourceFilter all = ResourceFilter.newest(KIND, MOST).withWorkspace(owner);
    boolean whole = reference.length() == 64;
    List<KeptSnapshot> found =
        node.store().resources().list(whole ? all.withMatching("digest", reference) : all).stream()
            .map(KeptSnapshot::of)
            .filter(kept -> kept.digest().startsWith(reference))
            .toList();
    if (found.stream().map(KeptSnapshot::digest).distinct().count() > 1) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "several snapshots begin with %s; give more of its digest".formatted(reference));
    }
    return found.stream().findFirst().orElseThrow(() -> missing(reference));
  }

  private static NodeException missing(String reference) {
    return new NodeException(
        ErrorCode.NOT_FOUND,
        "there is no snapshot %s; see: paddock sessions snapshots".formatted(reference));
  }

  /** Forgets a snapshot; what no other one holds leaves the store with the next prune. */
  public void delete(String reference) {
    String digest = find(WorkspaceId.DEFAULT, reference).digest();
    list(MOST).stream()
        .filter(kept -> kept.digest().equals(digest))
        .forEach(kept -> node.store().resources().delete(KIND, kept.id()));
  }

  /** Writes a snapshot to a file, which {@code zstd -d} and {@code tar} read. */
  public void export(String digest, Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      trees().export(digest, out);
    } catch (IOException e) {
      throw NodeException.cannotUse(file, e);
    }
  }

  /** Puts a snapshot's files in the place of a session's own, all or none. */
  void restore(SessionId id, String reference) {
    SessionRecord session = session(id);
    SessionPlace place = places.of(session);
    String digest = find(session.workspaceId(), reference).digest();
    Path fresh = place.folder().resolve(Ids.next("restored"));
    try {
      trees().restore(digest, fresh);
      WorkspaceSwap.exchange(fresh, place.workspace());
      place
          .manifest()
          .ifPresent(manifest -> SessionManifest.unmarkEphemeral(place.folder(), manifest));
    } finally {
      WorkspaceRemoval.remove(fresh);
    }
  }

  /**
   * Makes the workspace of a session that rests as a snapshot, or whose document names files to
   * begin with.
   */
  void begin(SessionRecord session, Path workspace) {
    try {
      Optional<String> from = Optional.ofNullable(session.document().path(KEY).textValue());
      if (resting.comeBack(session, workspace) || from.isEmpty()) {
        return;
      }
      if (DIGEST.matcher(from.get()).matches()) {
        trees().restore(find(session.workspaceId(), from.get()).digest(), workspace);
      } else {
        copy(new SessionId(from.get()), session, workspace);
      }
    } catch (SandboxException e) {
      // Another node of this home was faster.
      if (e.code() != ErrorCode.CONFLICT || !Files.isDirectory(workspace)) {
        throw e;
      }
    }
  }

  private void copy(SessionId from, SessionRecord to, Path workspace) {
    SessionRecord source = session(from);
    if (!source.workspaceId().equals(to.workspaceId())) {
      throw NodeException.goneSession(source.id());
    }
    withFiles(source.id(), (files, left) -> trees().copy(files, left, workspace));
  }

  /** A session's files, and the folders among them that are not its own. */
  void withFiles(SessionId id, BiConsumer<Workspace, List<String>> use) {
    SessionPlace place = places.of(session(id));
    try (Workspace workspace = open(place)) {
      use.accept(workspace, ephemeral(place));
    }
  }

  /** Gives a session that is still to be made the files of another one, changed or not. */
  void copy(SessionId from, SessionId to) {
    Path target = node.home().session(to);
    SessionPlace source = places.of(session(from));
    Path placed = source.folder().resolve("placed");
    try {
      Home.privateFolder(target);
      withFiles(from, (files, left) -> trees().copy(files, left, target.resolve("workspace")));
      if (Files.isDirectory(placed)) {
        Path marks = Files.createDirectory(target.resolve("placed"));
        try (Stream<Path> all = Files.list(placed)) {
          for (Path mark : all.toList()) {
            Files.createFile(marks.resolve(mark.getFileName()));
          }
        }
        source.manifest().ifPresent(manifest -> SessionManifest.unmarkEphemeral(target, manifest));
      }
    } catch (IOException e) {
      throw NodeException.cannotUse(target, e);
    }
  }

  /**
   * The folders of memory stores, which a session that has the stores gets from there, and what its
   * manifest says can be made again.
   */
  static List<String> ephemeral(SessionPlace place) {
    Stream<String> memory =
        place.memory().stream()
            .map(SessionDocument.MemoryMount::path)
            .filter(path -> path.startsWith(OWN_FILES))
            .map(path -> path.substring(OWN_FILES.length()));
    Stream<String> named =
        place.manifest().stream().flatMap(manifest -> manifest.ephemeral().stream());
    return Stream.concat(memory, named).toList();
  }

  private static Workspace open(SessionPlace place) {
    return Workspace.open(place.workspace(), place.mounts());
  }

  private SessionRecord session(SessionId id) {
    return node.store().sessions().find(id).orElseThrow(() -> NodeException.goneSession(id));
  }

  private Snapshots trees() {
    return node.trees();
  }
}
