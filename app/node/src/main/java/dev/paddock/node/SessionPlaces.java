package dev.paddock.node;

import dev.paddock.agent.SessionDocument;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.manifest.WorkspaceManifest;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds, and makes where needed, the folders that sessions work in. */
final class SessionPlaces {
  private static final String OWN_FILES = "/workspace/";

  private final Home home;
  private final Supplier<Sessions> sessions;
  private final Supplier<Blobs> blobs;
  private final FirstFiles first;
  private final Function<WorkspaceManifest, List<ReadOnlyMount>> granted;

  /**
   * @param first fills workspaces that begin with files of before
   * @param granted what a manifest has shown of this machine
   */
  SessionPlaces(
      Home home,
      Supplier<Sessions> sessions,
      Supplier<Blobs> blobs,
      FirstFiles first,
      Function<WorkspaceManifest, List<ReadOnlyMount>> granted) {
    this.home = home;
    this.granted = granted;
    this.first = first;
    this.sessions = sessions;
    this.blobs = blobs;
  }

  /** Makes the workspace of a session that is to begin with files of before. */
  @FunctionalInterface
  interface FirstFiles {
    void fill(SessionRecord session, Path workspace);
  }

  Path journal(SessionId session) {
    return home.session(session).resolve("calls.journal");
  }

  /** A thread works where the session works that started it. */
  SessionPlace of(SessionRecord session) {
    SessionRecord owner = owner(session);
    SessionDocument document = SessionDocument.read(owner.document());
    Path folder =
        document.workspace().map(home::workspace).orElseGet(() -> home.session(owner.id()));
    Path workspace = folder.resolve("workspace");
    List<ReadOnlyMount> mounts = new ArrayList<>();
    Optional<TaskRecord> task = TaskRecord.find(home.session(owner.id()), owner.id());
    if (task.isPresent()) {
      String name = document.definition().name();
      mounts.add(new ReadOnlyMount(task.get().agent(), TaskFolders.SKILLS + "/" + name));
    } else {
      try {
        if (!Files.isDirectory(workspace)) {
          Home.privateFolder(folder);
          first.fill(owner, workspace);
          Home.privateFolder(workspace);
        }
        Home.privateFolder(home.session(session.id()));
        SessionDocument own = SessionDocument.read(session.document());
        for (SessionDocument.Skill skill : own.skills()) {
          mounts.add(
              new ReadOnlyMount(skillFolder(skill), TaskFolders.SKILLS + "/" + skill.name()));
        }
        for (SessionDocument.FileMount file : document.files()) {
          if (!file.path().startsWith(OWN_FILES)) {
            mounts.add(shown(file));
          }
        }
        for (SessionDocument.MemoryMount store : document.memory()) {
          if (store.readOnly()) {
            Path shown = SessionMemory.shown(SessionPlace.memoryFile(folder), store);
            Home.privateFolder(shown);
            mounts.add(new ReadOnlyMount(shown, store.path()));
          }
        }
      } catch (IOException e) {
        throw NodeException.cannotUse(folder, e);
      }
    }
    Optional<WorkspaceManifest> manifest = Manifests.of(owner.document());
    Map<String, String> variables = new LinkedHashMap<>();
    manifest.ifPresent(
        named -> {
          mounts.addAll(granted.apply(named));
          variables.putAll(named.variables());
        });
    variables.putAll(document.variables());
    return new SessionPlace(
        document.workspace().orElse(owner.id().value()),
        folder,
        workspace,
        List.copyOf(mounts),
        Map.copyOf(variables),
        document.files().stream().filter(file -> file.path().startsWith(OWN_FILES)).toList(),
        owner,
        document.memory(),
        document.repositories(),
        manifest,
        task.flatMap(TaskRecord::manifestBase));
  }

  private SessionRecord owner(SessionRecord session) {
    SessionRecord owner = session;
    while (owner.parent().isPresent()) {
      SessionId parent = owner.parent().get();
      owner = sessions.get().find(parent).orElseThrow(() -> NodeException.goneSession(parent));
    }
    return owner;
  }

  private ReadOnlyMount shown(SessionDocument.FileMount file) throws IOException {
    Path host = home.files().resolve("mounts").resolve(file.sha256());
    if (!Files.exists(host)) {
      Home.folderOf(host);
      write(file.sha256(), host);
    }
    return new ReadOnlyMount(host, file.path());
  }

  /** Puts files into a workspace that were never put there; the agent may have changed others. */
  void putCopies(SessionPlace place, Workspace workspace) {
    for (SessionDocument.FileMount file : place.copies()) {
      Placed placed = Placed.of(place.folder(), file.path(), file.sha256());
      if (!placed.done()) {
        try (InputStream bytes = open(file.sha256())) {
          workspace.write(file.path(), bytes);
          placed.mark();
        } catch (IOException e) {
          throw NodeException.cannotUse(place.folder(), e);
        }
      }
    }
  }

  private Path skillFolder(SessionDocument.Skill skill) throws IOException {
    String digest = Digests.of(skill.files());
    Path folder = home.files().resolve("skills").resolve(digest).resolve(skill.name());
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path making = folder.resolveSibling(Ids.next("new"));
    Home.privateFolder(making);
    for (Map.Entry<String, String> file : skill.files().entrySet()) {
      Path target = within(making, file.getKey());
      Home.folderOf(target);
      write(file.getValue(), target);
    }
    try {
      Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      WorkspaceRemoval.remove(making);
    }
    return folder;
  }

  private InputStream open(String sha256) throws IOException {
    return blobs
        .get()
        .open(sha256)
        .orElseThrow(
            () ->
                new NodeException(
                    ErrorCode.NOT_FOUND, "the bytes of file %s are gone".formatted(sha256)));
  }

  private void write(String sha256, Path target) throws IOException {
    Path fresh = target.resolveSibling(Ids.next("new"));
    try (InputStream bytes = open(sha256)) {
      Files.copy(bytes, fresh);
    }
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("r--r--r--"));
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path within(Path folder, String relative) {
    Path path = folder.resolve(relative).normalize();
    if (!path.startsWith(folder) || path.equals(folder)) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "\"%s\" leads out of its folder".formatted(relative));
    }
    return path;
  }
}
