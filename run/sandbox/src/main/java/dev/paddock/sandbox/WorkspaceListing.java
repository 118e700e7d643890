package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.WorkspaceFiles.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Shows a workspace to whoever looks at it from outside: its files and folders, no links. */
record WorkspaceListing(Workspace workspace) {

  Optional<Entry> entry(String path) {
    String shown = WorkspacePath.shown(WorkspacePath.absolute(path));
    return workspace.stat(path).flatMap(stat -> entry(shown, stat));
  }

  List<Entry> list(String folder, boolean deep) {
    String top = WorkspacePath.shown(WorkspacePath.absolute(folder));
    Workspace.Walked walked = workspace.walk(folder, Workspace.MAX_ENTRIES, false, path -> deep);
    if (!walked.complete()) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "more than %,d files and folders lie in \"%s\"; list a smaller folder"
              .formatted(Workspace.MAX_ENTRIES, top));
    }
    List<Entry> entries = new ArrayList<>();
    for (Workspace.Found found : walked.found()) {
      if (found.kind() == FileKind.FILE || found.kind() == FileKind.FOLDER) {
        // gone or replaced since it was found: it is not there
        workspace
            .stat(found.path())
            .flatMap(stat -> entry(found.path(), stat))
            .ifPresent(entries::add);
      }
    }
    entries.sort(Comparator.comparing(Entry::path));
    return List.copyOf(entries);
  }

  private static Optional<Entry> entry(String shown, Stat stat) {
    boolean isFolder = stat.kind() == FileKind.FOLDER;
    if (!isFolder && stat.kind() != FileKind.FILE) {
      return Optional.empty();
    }
    return Optional.of(
        new Entry(
            shown.equals(".") ? "" : shown,
            isFolder,
            isFolder ? 0 : stat.size(),
            Instant.ofEpochSecond(0, stat.modifiedNanos())));
  }
}
