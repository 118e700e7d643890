package dev.paddock.sandbox;

import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Files by their names. */
final class GlobTool extends WorkspaceTool {
  private static final int MAX_RESULTS = 200;

  private final Workspace workspace;

  GlobTool(Workspace workspace) {
    super(
        "glob",
        true,
        """
        Lists files that match a pattern, the newest first, at most 200. ** stands for any number of \
        folders: **/*.java finds every Java file. Also ?, [a-z] and {a,b}. Links are not followed; \
        .git and node_modules are looked into only when named.
        """,
        """
        {"type": "object",
         "properties": {
           "pattern": {"type": "string", "description": "Such as **/*.md or src/**/test_*.py"},
           "path": {"type": "string", "description": "The folder to search; /workspace unless given"}},
         "required": ["pattern"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
  }

  /** A match and when it was last changed. */
  private record Match(String path, long modified) {}

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    String pattern = Workspace.patternInWorkspace(input.text("pattern"));
    Search search = Search.in(workspace, input.optionalText("path"), Optional.of(pattern));
    List<Match> newest =
        search.files().stream()
            .map(path -> new Match(path, workspace.stat(path).map(Stat::modifiedNanos).orElse(0L)))
            .sorted(Comparator.comparingLong(Match::modified).reversed().thenComparing(Match::path))
            .limit(MAX_RESULTS)
            .toList();
    if (newest.isEmpty()) {
      return ToolResult.ok("no matches" + search.note());
    }
    StringBuilder out = new StringBuilder();
    newest.forEach(match -> out.append(match.path()).append('\n'));
    int more = search.files().size() - newest.size();
    if (more > 0) {
      out.append("[%,d more matches; use a narrower pattern]\n".formatted(more));
    }
    return ToolResult.ok(out.append(search.note()).toString().stripTrailing());
  }
}
