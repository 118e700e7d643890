package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Finds lines in a text as a model remembers them: first to the letter, then without regard to
 * white space at their ends, then at their starts too, at last with quotes, dashes and blanks in
 * their plainest form.
 */
final class LineSearch {
  /** Characters compared for one file; what needs more is made to be slow. */
  private static final long MAX_EFFORT = 200_000_000;

  private static final List<UnaryOperator<String>> FORMS =
      List.of(UnaryOperator.identity(), String::stripTrailing, String::strip, LineSearch::plain);

  private final List<String> lines;
  private final List<List<String>> forms = new ArrayList<>();
  private long effort;

  LineSearch(List<String> lines) {
    this.lines = lines;
  }

  /**
   * Where the wanted lines stand first.
   *
   * @param wanted at least one
   * @param from the first index that counts
   * @param atEnd whether only the end of the text counts
   */
  OptionalInt find(List<String> wanted, int from, boolean atEnd) {
    int last = lines.size() - wanted.size();
    int first = atEnd ? Math.max(from, last) : from;
    for (int form = 0; form < FORMS.size() && first <= last; form++) {
      List<String> have = form(form);
      List<String> sought = wanted.stream().map(FORMS.get(form)).toList();
      for (int at = first; at <= last; at++) {
        if (matches(have, sought, at)) {
          return OptionalInt.of(at);
        }
      }
    }
    return OptionalInt.empty();
  }

  private List<String> form(int number) {
    while (forms.size() <= number) {
      forms.add(lines.stream().map(FORMS.get(forms.size())).toList());
    }
    return forms.get(number);
  }

  private boolean matches(List<String> have, List<String> sought, int at) {
    for (int i = 0; i < sought.size(); i++) {
      String line = have.get(at + i);
      effort += 1 + (line.length() == sought.get(i).length() ? line.length() : 0);
      if (effort > MAX_EFFORT) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "the lines repeat too often to find this place; use fewer lines, or write the file anew");
      }
      if (!line.equals(sought.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String plain(String line) {
    StringBuilder out = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      out.append(plain(line.charAt(i)));
    }
    return out.toString().strip();
  }

  private static char plain(char c) {
    return switch (Character.getType(c)) {
      case Character.DASH_PUNCTUATION -> '-';
      case Character.SPACE_SEPARATOR -> ' ';
      default ->
          switch (c) {
            case '\u2212' -> '-';
            case '\u2018', '\u2019', '\u201a', '\u201b' -> '\'';
            case '\u201c', '\u201d', '\u201e', '\u201f' -> '"';
            default -> c;
          };
    };
  }
}
