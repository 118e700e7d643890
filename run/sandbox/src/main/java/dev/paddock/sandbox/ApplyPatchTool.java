package dev.paddock.sandbox;

import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.List;

/** Changes several files by one patch, all or none. */
final class ApplyPatchTool extends WorkspaceTool {
  private final Workspace workspace;

  ApplyPatchTool(Workspace workspace) {
    super(
        "apply_patch",
        false,
        """
        Adds, changes, moves and deletes files by one patch; either all of it is applied or nothing. \
        A patch is:
        *** Begin Patch
        *** Add File: <path>
        +each line of a new file after a plus sign
        *** Update File: <path>
        *** Move to: <new path>   (only to rename it)
        @@ <a line above the place, such as the head of its function; may be left out>
         a line that stays, after a blank
        -a line that goes
        +a line that comes
        *** End of File   (only where the place is the file's end)
        *** Delete File: <path>
        *** End Patch
        Each place of a file begins with @@ and has about three lines that stay before and after what \
        changes; they must stand in the file as written. Several @@ lines narrow it down. Paths are \
        relative to /workspace.
        """,
        """
        {"type": "object",
         "properties": {
           "input": {"type": "string", "description": "The whole patch, from *** Begin Patch to *** End Patch"}},
         "required": ["input"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) {
    Patch patch = PatchParser.parse(input.text("input"));
    List<String> changed = PatchApplier.apply(workspace, patch);
    return ToolResult.ok("patch applied:\n" + String.join("\n", changed));
  }
}
