package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import java.util.ArrayList;
import java.util.List;

/** Keeps the head and the tail of a text that is too long, with a line that says what was cut. */
final class Excerpt {
  private static final double HEAD = 0.6;
  private static final int MAX_ATTACHMENT_CHARS = 14 << 20;

  private Excerpt() {}

  /** Drops attachments that are larger than 10 MiB before their base64. */
  static List<ContentBlock> withoutHugeAttachments(List<ContentBlock> content) {
    return content.stream()
        .map(
            block -> {
              boolean text = block instanceof ContentBlock.Text;
              int chars = text ? 0 : Json.write(block).length();
              return chars <= MAX_ATTACHMENT_CHARS
                  ? block
                  : ContentBlock.text(
                      "[an attachment of %,d characters was left out]".formatted(chars));
            })
        .toList();
  }

  /** Limits the text of all blocks together; what is not text stays. */
  static List<ContentBlock> of(List<ContentBlock> content, int maxChars) {
    long length = 0;
    for (ContentBlock block : content) {
      length += block instanceof ContentBlock.Text text ? text.text().length() : 0;
    }
    if (length <= maxChars) {
      return content;
    }
    List<ContentBlock> out = new ArrayList<>();
    for (ContentBlock block : content) {
      if (block instanceof ContentBlock.Text text) {
        long share = (long) text.text().length() * maxChars / length;
        out.add(ContentBlock.text(of(text.text(), (int) share)));
      } else {
        out.add(block);
      }
    }
    return out;
  }

  static String of(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    int head = between(text, (int) (maxChars * HEAD));
    int tail = between(text, text.length() - (maxChars - head));
    return "%s\n[… %,d of %,d characters cut …]\n%s"
        .formatted(text.substring(0, head), tail - head, text.length(), text.substring(tail));
  }

  /** An index that parts no surrogate pair. */
  private static int between(String text, int index) {
    boolean inside =
        index > 0
            && index < text.length()
            && Character.isLowSurrogate(text.charAt(index))
            && Character.isHighSurrogate(text.charAt(index - 1));
    return inside ? index - 1 : index;
  }
}
