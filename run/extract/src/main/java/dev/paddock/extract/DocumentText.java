package dev.paddock.extract;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A document's text as it was read, and its lines. */
final class DocumentText {
  private final String text;
  private final int[] lineStarts;

  DocumentText(String text) {
    this.text = text;
    int[] starts = new int[(int) text.chars().filter(c -> c == '\n').count() + 1];
    for (int i = 1, at = 0; i < starts.length; i++) {
      at = text.indexOf('\n', at) + 1;
      starts[i] = at;
    }
    this.lineStarts = starts;
  }

  String text() {
    return text;
  }

  String slice(Span span) {
    return text.substring(span.start(), span.end());
  }

  int lineCount() {
    return lineStarts.length;
  }

  int lineOf(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found : -found - 2;
  }

  /** The line without its end. */
  Span line(int number) {
    int end = number + 1 < lineStarts.length ? lineStarts[number + 1] - 1 : text.length();
    return new Span(lineStarts[number], end);
  }

  String lineText(int number) {
    return slice(line(number));
  }

  /** How many lines with text stand before the line of {@code offset}. */
  int filledLinesBefore(int offset) {
    int filled = 0;
    for (int i = 0; i < lineOf(offset); i++) {
      filled += lineText(i).isBlank() ? 0 : 1;
    }
    return filled;
  }

  /** The text for a model: runs of blanks squeezed to one, lines kept. */
  String squeezed() {
    return text.strip().lines().map(DocumentText::squeeze).collect(Collectors.joining("\n"));
  }

  static String squeeze(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean blank = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        blank = true;
      } else {
        if (blank && !out.isEmpty()) {
          out.append(' ');
        }
        blank = false;
        out.append(c);
      }
    }
    return out.toString();
  }
}
