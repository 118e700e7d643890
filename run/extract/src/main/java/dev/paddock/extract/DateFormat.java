package dev.paddock.extract;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calendar dates of the years 1990 to 2099, in figures or with a month's name; plain form {@code
 * yyyy-MM-dd}.
 *
 * @param order how to read 03/04/2024; figures parted by dots are always day first, as is a
 *     month-first date whose month would be above 12
 */
record DateFormat(Order order) implements Format {
  private static final String MONTH = "(?:" + Months.alternatives() + ")";
  private static final int FLAGS =
      Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS;

  private static final Pattern SHAPE =
      Pattern.compile(
          "(?<![\\w./])(?<!\\d-)(?:"
              + "\\d{4}([-/.])\\d{1,2}\\1\\d{1,2}"
              + "|\\d{1,2}([./-])\\d{1,2}\\2(?:\\d{4}|\\d{2})(?!\\d)"
              + "|\\d{1,2}\\. ?\\d{1,2}\\. ?\\d{4}"
              + "|\\d{1,2}(?:st|nd|rd|th|er|ère|\\.)?(?: |-| of | de )MONTH(?:\\.?,?(?: |-|/| de )\\d{4}|\\.?(?: |-|/)'?\\d{2}(?!\\d|:))"
                  .replace("MONTH", MONTH)
              + "|MONTH\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}".replace("MONTH", MONTH)
              + ")(?:(?=T\\d\\d:)|(?![\\w/-]))(?!\\.\\d)",
          FLAGS);
  private static final Pattern YEAR_FIRST =
      Pattern.compile("(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})");
  private static final Pattern FIGURES =
      Pattern.compile("(\\d{1,2})([./-]) ?(\\d{1,2})[./-] ?(\\d{4}|\\d{2})");
  private static final Pattern DAY_MONTH =
      Pattern.compile(
          "(\\d{1,2})[^\\d\\s]*(?: |-| of | de )(" + MONTH + ").*?(\\d{4}|\\d{2})", FLAGS);
  private static final Pattern MONTH_DAY =
      Pattern.compile("(" + MONTH + ")\\.? (\\d{1,2})\\D*(\\d{4})", FLAGS);

  /** Which of the first two figures is the day. */
  enum Order {
    DMY,
    MDY
  }

  @Override
  public List<Span> find(DocumentText document) {
    return shapes(document).stream()
        .filter(span -> normalise(document.slice(span)).isPresent())
        .toList();
  }

  /** Every date-shaped text, also one that is no day of the calendar. */
  static List<Span> shapes(DocumentText document) {
    return Format.matches(SHAPE, document.text());
  }

  @Override
  public Optional<String> normalise(String printed) {
    String text = DocumentText.squeeze(printed);
    Matcher m = YEAR_FIRST.matcher(text);
    if (m.matches()) {
      return date(m.group(1), number(m.group(2)), number(m.group(3)));
    }
    m = FIGURES.matcher(text);
    if (m.matches()) {
      int first = number(m.group(1));
      int second = number(m.group(3));
      boolean monthFirst = order == Order.MDY && !m.group(2).equals(".") && first <= 12;
      boolean swapped = monthFirst || second > 12;
      return date(m.group(4), swapped ? first : second, swapped ? second : first);
    }
    m = DAY_MONTH.matcher(text);
    if (m.matches()) {
      return named(m.group(2), m.group(1), m.group(3));
    }
    m = MONTH_DAY.matcher(text);
    return m.matches() ? named(m.group(1), m.group(2), m.group(3)) : Optional.empty();
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }

  private static Optional<String> named(String month, String day, String year) {
    return Months.number(month).flatMap(m -> date(year, m, number(day)));
  }

  private static Optional<String> date(String written, int month, int day) {
    int year = number(written);
    year = year < 100 ? 2000 + year : year;
    if (year < 1990 || year > 2099) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.of(year, month, day).toString());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return "date";
  }
}
