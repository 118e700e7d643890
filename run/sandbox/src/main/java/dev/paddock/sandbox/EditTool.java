package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Replaces a passage of a file. */
final class EditTool extends WorkspaceTool {
  private static final int SHOWN_LINES = 10;

  private final Workspace workspace;

  EditTool(Workspace workspace) {
    super(
        "edit",
        false,
        """
        Replaces old_string by new_string in a text file of at most 256 KB. old_string must stand there \
        exactly once, white space and all, unless replace_all is set.
        """,
        """
        {"type": "object",
         "properties": {
           "file_path": {"type": "string", "description": "Absolute below /workspace, or relative to it"},
           "old_string": {"type": "string", "description": "The passage as it stands in the file"},
           "new_string": {"type": "string", "description": "What stands there afterwards"},
           "replace_all": {"type": "boolean", "description": "Replace every occurrence"}},
         "required": ["file_path", "old_string", "new_string"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) {
    String path = input.text("file_path");
    String before = input.text("old_string");
    String after = input.text("new_string");
    if (before.isEmpty()) {
      throw ToolInput.invalid("\"old_string\" is empty; use write to make a new file");
    }
    if (before.equals(after)) {
      throw ToolInput.invalid("\"old_string\" and \"new_string\" are the same");
    }
    Workspace.Location at = workspace.locate(path);
    String text = read(path, at);
    List<Integer> lines = linesOf(text, before);
    if (lines.isEmpty()) {
      throw ToolInput.invalid(
          "old_string not found in %s%s".formatted(at.shown(), hint(text, before)));
    }
    if (lines.size() > 1 && !input.flag("replace_all")) {
      throw ToolInput.invalid(
          "old_string appears %d times in %s, %s; add more of the text around the one you mean, or set replace_all"
              .formatted(lines.size(), at.shown(), shown(lines)));
    }
    workspace.write(path, WriteTool.utf8(text.replace(before, after)));
    return ToolResult.ok("edited %s, %s".formatted(at.shown(), shown(lines)));
  }

  private String read(String path, Workspace.Location at) {
    byte[] bytes;
    try {
      bytes = workspace.read(path, MAX_FILE_BYTES);
    } catch (SandboxException e) {
      throw e.code() == ErrorCode.NOT_FOUND ? Suggestion.notFound(workspace, at) : e;
    }
    return FileText.of(bytes)
        .orElseThrow(
            () -> ToolInput.invalid(at.shown() + ": " + FileText.describe(bytes, bytes.length)));
  }

  /** The line, from 1, of each occurrence. */
  private static List<Integer> linesOf(String text, String passage) {
    List<Integer> lines = new ArrayList<>();
    int line = 1;
    int counted = 0;
    for (int at = text.indexOf(passage);
        at >= 0;
        at = text.indexOf(passage, at + passage.length())) {
      for (; counted < at; counted++) {
        line += text.charAt(counted) == '\n' ? 1 : 0;
      }
      lines.add(line);
    }
    return lines;
  }

  private static String shown(List<Integer> lines) {
    String numbers =
        lines.stream().limit(SHOWN_LINES).map(String::valueOf).collect(Collectors.joining(", "));
    return (lines.size() == 1 ? "line " : "lines ")
        + numbers
        + (lines.size() > SHOWN_LINES ? ", …" : "");
  }

  private static String hint(String text, String passage) {
    if (text.contains("\r\n") && text.replace("\r\n", "\n").contains(passage)) {
      return "; the file's lines end in \\r\\n";
    }
    List<String> wanted = passage.strip().lines().map(EditTool::squeezed).toList();
    List<String> have = text.lines().map(EditTool::squeezed).toList();
    return similar(have, wanted)
        .map(line -> "; line " + line + " on differs from it in white space only")
        .orElse("; read the file again, it may have changed");
  }

  private static Optional<Integer> similar(List<String> have, List<String> wanted) {
    for (int i = 0; !wanted.isEmpty() && i + wanted.size() <= have.size(); i++) {
      if (have.subList(i, i + wanted.size()).equals(wanted)) {
        return Optional.of(i + 1);
      }
    }
    return Optional.empty();
  }

  private static String squeezed(String line) {
    return line.strip().replaceAll("\\s+", " ");
  }
}
