package dev.paddock.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;

/** The most that one call may put before a model. */
final class ResultLimits {
  static final int MAX_TEXT_CHARS = 400_000;
  static final long MAX_BINARY_CHARS = 30L << 20;

  private ResultLimits() {}

  static ToolResult apply(ToolResult result) {
    List<ContentBlock> kept = new ArrayList<>();
    int text = MAX_TEXT_CHARS;
    long binary = MAX_BINARY_CHARS;
    for (ContentBlock block : result.content()) {
      switch (block) {
        case ContentBlock.Text t -> {
          String fitting = shorten(t.text(), text);
          text -= Math.min(text, fitting.length());
          kept.add(ContentBlock.text(fitting));
        }
        case ContentBlock.Image i -> {
          binary -= size(i.source());
          kept.add(binary >= 0 ? i : leftOut("an image"));
        }
        case ContentBlock.Document d -> {
          binary -= size(d.source());
          kept.add(binary >= 0 ? d : leftOut("a document"));
        }
        case ContentBlock.SearchResult s -> {
          binary -= s.content().stream().mapToLong(ResultLimits::size).sum();
          kept.add(binary >= 0 ? s : leftOut("a search result"));
        }
        case ContentBlock.Redacted r -> kept.add(r);
      }
    }
    return new ToolResult(kept, result.isError());
  }

  /** Keeps the start and the end, where a text says what it is and how it went. */
  static String shorten(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int head = cut(text, limit / 2);
    int tail = cut(text, text.length() - (limit - limit / 2));
    return "%s%n[… %,d characters left out …]%n%s"
        .formatted(text.substring(0, head), tail - head, text.substring(tail));
  }

  /** Never between the halves of a surrogate pair. */
  private static int cut(String text, int at) {
    boolean within = at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at));
    return within ? at - 1 : at;
  }

  private static long size(JsonNode node) {
    return node.toString().length();
  }

  private static ContentBlock leftOut(String what) {
    return ContentBlock.text("[" + what + " left out: the result is too large]");
  }
}
