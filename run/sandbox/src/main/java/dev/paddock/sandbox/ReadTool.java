package dev.paddock.sandbox;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.ToolInput.LineRange;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A text file, or some of its lines, or an image. */
final class ReadTool extends WorkspaceTool {
  private static final int MAX_IMAGE_BYTES = 5 << 20;

  private final Workspace workspace;

  ReadTool(Workspace workspace) {
    super(
        "read",
        true,
        """
        Reads a text file of at most 256 KB, or the lines of a larger one that view_range names. A PNG, \
        JPEG, GIF or WebP image of at most 5 MB is shown.
        """,
        """
        {"type": "object",
         "properties": {
           "file_path": {"type": "string", "description": "Absolute below /workspace, or relative to it"},
           "view_range": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
                          "description": "[first line, last line], from 1; -1 is the last one"}},
         "required": ["file_path"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    String path = input.text("file_path");
    Optional<LineRange> range = input.lineRange("view_range");
    Workspace.Location at = workspace.locate(path);
    try (FileReader file = at.folder().read(at.path(), true)) {
      if (range.isPresent()) {
        return lines(at, file, range.get());
      }
      return whole(at, file);
    } catch (Errno e) {
      throw e.is(Errno.ENOENT) ? Suggestion.notFound(workspace, at) : Failure.of(at.shown(), e);
    } catch (IOException e) {
      throw Failure.of(at.shown(), e);
    }
  }

  private static ToolResult whole(Workspace.Location at, FileReader file) throws IOException {
    long size = file.stat().size();
    byte[] bytes = file.readNBytes(MAX_FILE_BYTES + 1);
    Optional<String> image = FileText.imageType(bytes);
    if (image.isPresent()) {
      return image(at, image.get(), bytes, file);
    }
    if (bytes.length > MAX_FILE_BYTES) {
      if (FileText.looksBinary(bytes, bytes.length)) {
        throw notText(at, bytes, size);
      }
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "%s has %,d bytes, more than the %,d that are read at once; read some of its lines with view_range"
              .formatted(at.shown(), size, MAX_FILE_BYTES));
    }
    String text = FileText.of(bytes).orElseThrow(() -> notText(at, bytes, size));
    return ToolResult.ok(text.isEmpty() ? "[the file is empty]" : text);
  }

  private static ToolResult image(Workspace.Location at, String type, byte[] start, FileReader file)
      throws IOException {
    byte[] rest = file.readNBytes(MAX_IMAGE_BYTES - start.length + 1);
    if (start.length + rest.length > MAX_IMAGE_BYTES) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "%s is an image of %,d bytes, more than the %,d that are shown; make a smaller one in bash"
              .formatted(at.shown(), file.stat().size(), MAX_IMAGE_BYTES));
    }
    byte[] bytes = new byte[start.length + rest.length];
    System.arraycopy(start, 0, bytes, 0, start.length);
    System.arraycopy(rest, 0, bytes, start.length, rest.length);
    return new ToolResult(
        List.of(
            new ContentBlock.Image(
                Json.object()
                    .put("type", "base64")
                    .put("media_type", type)
                    .put("data", Base64.getEncoder().encodeToString(bytes)))),
        false);
  }

  private static ToolResult lines(Workspace.Location at, FileReader file, LineRange range)
      throws IOException, InterruptedException {
    StringBuilder out = new StringBuilder();
    LineReader lines = new LineReader(file, MAX_FILE_BYTES);
    if (lines.binary()) {
      throw notText(at, lines.start(), file.stat().size());
    }
    long number = 0;
    while (number < range.end() && lines.next()) {
      number++;
      if (number >= range.start()) {
        out.append(number > range.start() ? "\n" : "").append(lines.line());
        if (lines.cut() || out.length() > MAX_FILE_BYTES) {
          throw new SandboxException(
              ErrorCode.LIMIT_EXCEEDED,
              "lines %d to %d of %s are more than %,d bytes; ask for fewer"
                  .formatted(range.start(), number, at.shown(), MAX_FILE_BYTES));
        }
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    if (number < range.start()) {
      throw ToolInput.invalid("%s has only %d lines".formatted(at.shown(), number));
    }
    return ToolResult.ok(out.isEmpty() ? "[empty line]" : out.toString());
  }

  private static SandboxException notText(Workspace.Location at, byte[] bytes, long size) {
    return ToolInput.invalid(at.shown() + ": " + FileText.describe(bytes, size));
  }
}
