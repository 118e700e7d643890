package dev.paddock.extract;

import java.util.ArrayList;
import java.util.List;

/** The texts beside a value in which its label may stand, the likeliest place first. */
final class LabelContexts {
  private static final double RIGHT = 0.8;
  private static final double RIGHT_OF_PROSE = 0.6;
  private static final double ABOVE = 0.6;

  private LabelContexts() {}

  /**
   * A text to look for labels in, read up to the value.
   *
   * @param trust how much a label found here counts
   */
  record Context(String text, double trust) {}

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
    String left = document.text().substring(from, value.start());
    contexts.add(new Context(left, 1));
    String right = document.text().substring(value.end(), to);
    if (Words.any(left)) {
      contexts.add(new Context(right, RIGHT_OF_PROSE));
    } else {
      contexts.add(new Context(right, RIGHT));
      if (number > 0 && from == line.start()) {
        contexts.add(new Context(document.lineText(number - 1), ABOVE));
      }
    }
    return contexts;
  }

  private static List<Context> ofName(DocumentText document, Span name) {
    int number = document.lineOf(name.start());
    Span line = document.line(number);
    String left = document.text().substring(line.start(), name.start());
    if (!Words.any(left) && number > 0) {
      String above = document.lineText(number - 1).strip();
      if (above.endsWith(":") || above.split("\\s+").length <= 2) {
        return List.of(new Context(above, 1));
      }
    }
    return List.of(new Context(left, 1));
  }
}
