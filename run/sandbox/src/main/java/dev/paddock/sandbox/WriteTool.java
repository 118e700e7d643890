package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.nio.charset.StandardCharsets;

/** Writes a file whole. */
final class WriteTool extends WorkspaceTool {
  private final Workspace workspace;

  WriteTool(Workspace workspace) {
    super(
        "write",
        false,
        """
        Writes a text file, replacing what was there; missing folders are created. To change a part of \
        a file use edit.
        """,
        """
        {"type": "object",
         "properties": {
           "file_path": {"type": "string", "description": "Absolute below /workspace, or relative to it"},
           "content": {"type": "string", "description": "The whole text of the file"}},
         "required": ["file_path", "content"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) {
    String path = input.text("file_path");
    byte[] bytes = utf8(input.text("content"));
    boolean existed = workspace.stat(path).isPresent();
    workspace.write(path, bytes);
    return ToolResult.ok(
        "%s %s (%,d bytes)"
            .formatted(
                existed ? "replaced" : "created", workspace.locate(path).shown(), bytes.length));
  }

  static byte[] utf8(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_WRITTEN_BYTES) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "the text has %,d bytes, more than the %,d that are written at once; make it in bash"
              .formatted(bytes.length, MAX_WRITTEN_BYTES));
    }
    return bytes;
  }
}
