package dev.paddock.core.spi;

import dev.paddock.core.ContentBlock;
import java.util.List;

/** What a call came to. */
public record ToolResult(List<ContentBlock> content, boolean isError) {
  public static ToolResult ok(String text) {
    return new ToolResult(List.of(ContentBlock.text(text)), false);
  }

  public static ToolResult error(String text) {
    return new ToolResult(List.of(ContentBlock.text(text)), true);
  }
}
