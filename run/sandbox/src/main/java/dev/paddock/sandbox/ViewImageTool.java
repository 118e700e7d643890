package dev.paddock.sandbox;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Shows an image to the model. */
final class ViewImageTool extends WorkspaceTool {
  /** What every provider takes; one that is refused would be refused with each later request. */
  static final int MAX_BYTES = 5 << 20;

  static final int MAX_SIDE = 8_000;
  private static final int SNIFFED_BYTES = 2 << 10;

  private final Workspace workspace;
  private final BooleanSupplier modelSees;

  /**
   * @param modelSees whether the session's model takes images
   */
  ViewImageTool(Workspace workspace, BooleanSupplier modelSees) {
    super(
        "view_image",
        true,
        """
        Shows a PNG, JPEG, GIF or WebP image of at most 5 MB and 8,000 pixels a side, whatever its \
        name.
        """,
        """
        {"type": "object",
         "properties": {
           "path": {"type": "string", "minLength": 1,
                    "description": "Absolute below /workspace, or relative to it"}},
         "required": ["path"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
    this.modelSees = modelSees;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) {
    if (!modelSees.getAsBoolean()) {
      throw ToolInput.invalid(
          "this session's model does not see images; look at the file with a program in bash");
    }
    Workspace.Location at = workspace.locate(input.text("path"));
    byte[] bytes = read(at);
    ImageHeader image = ImageHeader.of(bytes).orElseThrow(() -> notAnImage(at, bytes));
    if (image.width() > MAX_SIDE || image.height() > MAX_SIDE) {
      throw tooLarge(
          at,
          "has %,d x %,d pixels, more than %,d a side"
              .formatted(image.width(), image.height(), MAX_SIDE));
    }
    return new ToolResult(
        List.of(
            new ContentBlock.Image(
                Json.object()
                    .put("type", "base64")
                    .put("media_type", image.mediaType())
                    .put("data", Base64.getEncoder().encodeToString(bytes)))),
        false);
  }

  private byte[] read(Workspace.Location at) {
    try (FileReader file = at.folder().read(at.path(), true)) {
      long size = file.stat().size();
      if (size > MAX_BYTES) {
        throw tooLarge(at, "has %,d bytes, more than %,d".formatted(size, MAX_BYTES));
      }
      return file.readNBytes(MAX_BYTES);
    } catch (Errno e) {
      throw e.is(Errno.ENOENT) ? Suggestion.notFound(workspace, at) : Failure.of(at.shown(), e);
    } catch (IOException e) {
      throw Failure.of(at.shown(), e);
    }
  }

  private static SandboxException tooLarge(Workspace.Location at, String why) {
    return new SandboxException(
        ErrorCode.LIMIT_EXCEEDED,
        "%s %s; make a smaller one with a program in bash".formatted(at.shown(), why));
  }

  private static SandboxException notAnImage(Workspace.Location at, byte[] bytes) {
    String why;
    if (FileText.imageType(bytes).isPresent()) {
      why = "the image is damaged: it does not say its size";
    } else if (isSvg(bytes)) {
      why =
          "an SVG drawing is text that models cannot see; read it, or turn it into a PNG with a"
              + " program in bash";
    } else {
      why = "it is no PNG, JPEG, GIF or WebP image; turn it into one with a program in bash";
    }
    return ToolInput.invalid(at.shown() + ": " + why);
  }

  private static boolean isSvg(byte[] bytes) {
    String start =
        new String(bytes, 0, Math.min(bytes.length, SNIFFED_BYTES), StandardCharsets.UTF_8)
            .replace("\ufeff", "")
            .stripLeading()
            .toLowerCase(Locale.ROOT);
    return start.startsWith("<svg")
        || (start.startsWith("<?xml") || start.startsWith("<!")) && start.contains("<svg");
  }
}
