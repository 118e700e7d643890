package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.sandbox.Manifest;
import dev.paddock.sandbox.Skipped;
import dev.paddock.sandbox.Snapshots;
import dev.paddock.sandbox.TransferFolders;
import dev.paddock.sandbox.TransferLimits;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceChanges;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.sandbox.WorkspaceTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The folders of tasks: per session the workspace, the call journal and how it was started. */
final class TaskFolders {
  static final String SKILLS = "/workspace/skills";

  private static final String MANIFEST = "manifest.json";

  private final Home home;
  private final Supplier<Snapshots> trees;

  TaskFolders(Home home, Supplier<Snapshots> trees) {
    this.home = home;
    this.trees = trees;
  }

  Path workspace(SessionId session) {
    return home.session(session).resolve("workspace");
  }

  TaskRecord record(SessionId session) {
    return TaskRecord.read(home.session(session), session);
  }

  /** What can be said of the folders before work begins. */
  void preflight(Optional<Path> in, Optional<Path> out) {
    TransferFolders.preflight(in, out);
  }

  void write(SessionId session, TaskRecord record) {
    record.write(home.session(session));
  }

  /** Makes what a manifest names in a workspace. */
  @FunctionalInterface
  interface Named {
    /** Whether anything may have been made. */
    boolean make(Workspace workspace);
  }

  /** Copies the input in and makes what else is named, from the start if that was cut off. */
  void fill(SessionId session, TaskRecord record, Named named) {
    Path folder = home.session(session);
    Path workspace = workspace(session);
    try {
      WorkspaceRemoval.remove(workspace);
      Manifest manifest = Manifest.EMPTY;
      if (record.from().isPresent()) {
        trees.get().restore(record.from().get(), workspace);
        manifest = manifestOf(workspace);
      } else {
        Files.createDirectory(workspace);
      }
      try (Workspace opened = Workspace.open(workspace, List.of())) {
        if (record.in().isPresent()) {
          manifest = transfer(opened).copyIn(record.in().get()).manifest();
        }
        if (named.make(opened)) {
          manifest = transfer(opened).snapshot();
        }
      }
      Files.write(folder.resolve(MANIFEST), Json.bytes(manifest));
    } catch (IOException e) {
      throw NodeException.cannotUse(folder, e);
    }
    record.whenPrepared().write(folder);
  }

  /** Gives a session the files of another workspace; what changes from now on is its agent's. */
  void fillFrom(
      Workspace other, List<String> ephemeral, SessionId session, TaskRecord record, Named named) {
    Path folder = home.session(session);
    trees.get().copy(other, ephemeral, workspace(session));
    try (Workspace opened = Workspace.open(workspace(session), List.of())) {
      named.make(opened);
    }
    try {
      Files.write(folder.resolve(MANIFEST), Json.bytes(manifestOf(workspace(session))));
    } catch (IOException e) {
      throw NodeException.cannotUse(folder, e);
    }
    record.whenPrepared().write(folder);
  }

  private static Manifest manifestOf(Path workspace) {
    try (Workspace opened = Workspace.open(workspace, List.of())) {
      return transfer(opened).snapshot();
    }
  }

  /** What the session's agent added, changed and deleted, written out where a folder is given. */
  Delivery deliver(SessionId session, Optional<Path> elsewhere) {
    TaskRecord record = record(session);
    Optional<Path> out = elsewhere.map(path -> path.toAbsolutePath().normalize()).or(record::out);
    try (Workspace workspace = Workspace.open(workspace(session), List.of())) {
      WorkspaceTransfer transfer = transfer(workspace);
      WorkspaceChanges changes = transfer.changesSince(manifest(session));
      if (out.isEmpty()) {
        List<Delivery.File> files =
            changes.addedOrChanged().stream()
                .map(path -> new Delivery.File(path, size(session, path)))
                .toList();
        return new Delivery(out, files, changes.deleted(), notes(changes.skipped(), List.of()));
      }
      WorkspaceTransfer.Exported exported = transfer.copyOut(changes, out.get(), record.in());
      List<Delivery.File> files =
          exported.written().stream()
              .map(file -> new Delivery.File(file.to(), file.size()))
              .toList();
      return new Delivery(
          out, files, changes.deleted(), notes(exported.skipped(), exported.yielded()));
    }
  }

  private static List<String> notes(List<Skipped> skipped, List<String> yielded) {
    List<String> notes = new ArrayList<>();
    skipped.forEach(file -> notes.add("%s was left out: %s".formatted(file.path(), file.reason())));
    yielded.forEach(
        path -> notes.add("%s was not written, outputs/%s took its place".formatted(path, path)));
    return notes;
  }

  private long size(SessionId session, String path) {
    try {
      return Files.size(workspace(session).resolve(path));
    } catch (IOException e) {
      throw NodeException.cannotUse(home.session(session), e);
    }
  }

  private Manifest manifest(SessionId session) {
    Path file = home.session(session).resolve(MANIFEST);
    try {
      return Json.read(Files.readAllBytes(file), Manifest.class);
    } catch (NoSuchFileException e) {
      throw new NodeException(
          ErrorCode.NOT_FOUND,
          "session %s was cut off before its workspace was made; go on with: paddock run --resume %s"
              .formatted(session, session),
          e);
    } catch (IOException e) {
      throw NodeException.cannotUse(file, e);
    }
  }

  private static WorkspaceTransfer transfer(Workspace workspace) {
    return new WorkspaceTransfer(workspace, TransferLimits.DEFAULT);
  }

  void delete(SessionId session) {
    WorkspaceRemoval.remove(home.session(session));
  }

  /** Deletes the folders of sessions that are not to be kept. */
  void deleteAllBut(Predicate<SessionId> keep) {
    Path all = home.files().resolve("sessions");
    if (!Files.isDirectory(all)) {
      return;
    }
    try (Stream<Path> folders = Files.list(all)) {
      for (Path folder : folders.toList()) {
        if (!keep.test(new SessionId(String.valueOf(folder.getFileName())))) {
          WorkspaceRemoval.remove(folder);
        }
      }
    } catch (IOException e) {
      throw NodeException.cannotUse(all, e);
    }
  }
}
