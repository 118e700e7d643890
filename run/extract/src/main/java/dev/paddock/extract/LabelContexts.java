package dev.paddock.extract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The texts beside a value in which its label may stand, the likeliest place first. */
final class LabelContexts {
  private static final double RIGHT = 0.8;
  private static final double RIGHT_OF_PROSE = 0.6;
  private static final double COLUMN_HEAD = 0.8;
  private static final double ABOVE = 0.6;
  private static final int HEAD_WORDS = 3;

  /** A label stands no further from its value, in characters. */
  private static final int REACH = 240;

  private static final Pattern CELL = Pattern.compile("[^\\s|]+(?: [^\\s|]+)*");

  private LabelContexts() {}

  /**
   * A text to look for labels in.
   *
   * @param trust how much a label found here counts
   * @param follows the text starts at the value, else it ends there
   */
  record Context(String text, double trust, boolean follows) {}

  /**
   * @param all the values of the same kind in the document
   */
  static List<Context> of(DocumentText document, Format format, Span value, List<Span> all) {
    return format instanceof NameFormat ? ofName(document, value) : ofValue(document, value, all);
  }

  private static List<Context> ofValue(DocumentText document, Span value, List<Span> all) {
    int number = document.lineOf(value.start());
    Span line = document.line(number);
    int from = line.start();
    int to = Math.max(line.end(), value.end());
    for (Span other : all) {
      if (other.end() <= value.start()) {
        from = Math.max(from, other.end());
      } else if (other.start() >= value.end()) {
        to = Math.min(to, other.start());
      }
    }
    List<Context> contexts = new ArrayList<>();
    String left = document.text().substring(Math.max(from, value.start() - REACH), value.start());
    contexts.add(new Context(left, 1, false));
    String right = document.text().substring(value.end(), Math.min(to, value.end() + REACH));
    if (Words.any(left)) {
      contexts.add(new Context(right, RIGHT_OF_PROSE, true));
      return contexts;
    }
    Optional<Context> head = columnHead(document, value);
    head.ifPresent(contexts::add);
    contexts.add(new Context(right, RIGHT, true));
    if (head.isEmpty() && number > 0 && from == line.start()) {
      String above = document.lineText(number - 1);
      contexts.add(new Context(above.substring(0, Math.min(above.length(), REACH)), ABOVE, false));
    }
    return contexts;
  }

  /** In a table, the cell of the line above that stands over the value. */
  private static Optional<Context> columnHead(DocumentText document, Span value) {
    int number = document.lineOf(value.start());
    if (number == 0) {
      return Optional.empty();
    }
    String above = document.lineText(number - 1);
    List<Span> cells = Format.matches(CELL, above);
    if (cells.size() < 2) {
      return Optional.empty();
    }
    int lineStart = document.line(number).start();
    Span column = new Span(value.start() - lineStart, value.end() - lineStart);
    return cells.stream()
        .filter(cell -> cell.overlaps(column))
        .map(cell -> above.substring(cell.start(), cell.end()))
        .filter(Words::any)
        .map(text -> new Context(text, COLUMN_HEAD, false))
        .findFirst();
  }

  private static List<Context> ofName(DocumentText document, Span name) {
    int number = document.lineOf(name.start());
    int from = Math.max(document.line(number).start(), name.start() - REACH);
    String left = document.text().substring(from, name.start());
    List<Context> contexts = new ArrayList<>();
    contexts.add(new Context(left, 1, false));
    if (number > 0 && NameFormat.startsLine(document, name)) {
      String above = document.lineText(number - 1).strip();
      if (above.endsWith(":") || above.split("\\s+").length <= HEAD_WORDS) {
        contexts.add(new Context(above, 1, false));
      }
    }
    return contexts;
  }
}
