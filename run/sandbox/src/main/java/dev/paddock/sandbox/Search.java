package dev.paddock.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The regular files below a folder that match a pattern, sorted.
 *
 * @param files as they are shown
 * @param note what the search did not cover; empty when it covered everything
 */
record Search(List<String> files, String note) {
  private static final Set<String> HEAVY = Set.of(".git", "node_modules");

  /**
   * @param path a folder, or one file
   * @param pattern for paths relative to the folder
   */
  static Search in(Workspace workspace, Optional<String> path, Optional<String> pattern)
      throws InterruptedException {
    String start = path.orElse(".");
    Workspace.Location at = workspace.locate(start);
    Stat stat = workspace.stat(start).orElseThrow(() -> Suggestion.notFound(workspace, at));
    if (stat.kind() != FileKind.FOLDER) {
      return new Search(List.of(at.shown()), "");
    }
    Optional<Glob> glob = pattern.map(Glob::of);
    String base = at.shown().equals(".") ? "" : at.shown();
    String named = "/" + start + "/" + pattern.orElse("") + "/";
    Workspace.Walked walked =
        workspace.walk(
            start, WorkspaceTool.MAX_WALK_ENTRIES, true, folder -> !skipped(folder, named));
    List<String> files = new ArrayList<>();
    for (Workspace.Found found : walked.found()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      String below = base.isEmpty() ? found.path() : found.path().substring(base.length() + 1);
      if (found.kind() == FileKind.FILE && glob.map(g -> g.matches(below)).orElse(true)) {
        files.add(found.path());
      }
    }
    files.sort(null);
    return new Search(files, note(walked));
  }

  private static boolean skipped(String folder, String named) {
    String name = folder.substring(folder.lastIndexOf('/') + 1);
    return HEAVY.contains(name) && !named.contains("/" + name + "/");
  }

  private static String note(Workspace.Walked walked) {
    StringBuilder out = new StringBuilder();
    if (!walked.complete()) {
      out.append(
          "\n[only the first %,d files and folders were looked at; name a smaller folder in path]"
              .formatted(WorkspaceTool.MAX_WALK_ENTRIES));
    }
    walked.skipped().stream()
        .limit(5)
        .forEach(
            skipped ->
                out.append("\n[skipped %s: %s]".formatted(skipped.path(), skipped.reason())));
    return out.toString();
  }
}
