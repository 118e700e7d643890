package dev.paddock.extract;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Numbers and codes that name something: words with a figure in them, or groups of figures parted
 * by single blanks; never a part of a date, a time of day or an amount. Plain form: as printed.
 *
 * @param minLength shorter ones are none
 */
record IdentifierFormat(int minLength, MoneyFormat money) implements Format {
  private static final String WORD =
      "(?=[\\w./-]{0,60}\\d)[A-Za-z0-9][\\w/-]{0,60}(?:\\.\\w{1,40}){0,8}[\\w/-]{0,20}";
  private static final String GROUPS = "\\d{2,20}(?: \\d{2,20}){1,8}";
  private static final String PARTED = "\\d{2,10} / \\d{2,10}";
  private static final String SERIES = "\\p{Lu}{2,3} (?=\\d)";
  private static final String BEFORE = "(?<![\\w./@-])(?<!\\d,)";
  private static final String AFTER = "(?![\\w/@-])(?![.,]\\d)";
  private static final Pattern SHAPE = shape(GROUPS + "|" + PARTED + "|" + WORD);

  /** With a series before the number, as in "FT 2024/1183". */
  private static final Pattern IN_SERIES = shape(SERIES + "(?:" + GROUPS + "|" + WORD + ")");

  private static Pattern shape(String value) {
    return Pattern.compile(BEFORE + "(?:" + value + ")" + AFTER, Pattern.UNICODE_CHARACTER_CLASS);
  }

  private static final Pattern TIME =
      Pattern.compile("\\b\\d{1,2}[:h]\\d{2}(?::\\d{2})?\\b", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern MEASURED =
      Pattern.compile("(?:" + MoneyFormat.MEASURE + ")", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern MEASURE =
      Pattern.compile("\\d+(?:[.,]\\d+)?(?:" + MoneyFormat.MEASURE + ")", Pattern.CASE_INSENSITIVE);

  @Override
  public List<Span> find(DocumentText document) {
    String text = document.text();
    List<Span> moments =
        Stream.concat(DateFormat.shapes(document).stream(), Format.matches(TIME, text).stream())
            .toList();
    List<Span> amounts =
        money.find(document).stream().map(span -> money.figures(document, span)).toList();
    return Stream.of(SHAPE, IN_SERIES)
        .flatMap(shape -> Format.matches(shape, text).stream())
        .sorted()
        .filter(span -> span.length() >= minLength)
        .filter(
            span -> !MEASURE.matcher(document.slice(span).replaceFirst("^\\p{Lu}+ ", "")).matches())
        .filter(span -> moments.stream().noneMatch(span::overlaps))
        .filter(span -> amounts.stream().noneMatch(span::overlaps))
        .filter(
            span ->
                !MEASURED
                    .matcher(text)
                    .region(span.end(), Math.min(text.length(), span.end() + 6))
                    .lookingAt())
        .toList();
  }

  @Override
  public Optional<String> normalise(String printed) {
    String text = DocumentText.squeeze(printed);
    return text.length() < minLength ? Optional.empty() : Optional.of(text);
  }

  @Override
  public String name() {
    return "identifier";
  }
}
