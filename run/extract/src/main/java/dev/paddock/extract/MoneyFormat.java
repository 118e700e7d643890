package dev.paddock.extract;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Amounts of money: figures with two decimals, or whole ones beside a currency; plain form {@code
 * -1234.50}. A minus right before the figures or their currency, or brackets around them, make an
 * amount negative.
 */
final class MoneyFormat implements Format {
  private static final DateFormat DATES = new DateFormat(DateFormat.Order.DMY);
  private static final String GROUP = "[ .,'’\\u00a0\\u202f]";
  private static final String WHOLE = "\\d{1,3}(?:" + GROUP + "\\d{3}(?!\\d)|\\d){0,15}";
  private static final String DECIMALS =
      "\\d{1,3}(?:(?:" + GROUP + "\\d{3}){1,5}|\\d{0,12})[.,](?:\\d{2}|-{1,2}|–)(?!\\d)";

  /** What stands after a figure that is a measure, a share or a time of day. */
  static final String MEASURE =
      "\\s*[%‰]| ?(?:l|L|cl|ml|g|kg|t|oz|lbs?|km|m|cm|mm|m²|kWh|kW|W|V|h|GB|MB|TB|GHz|°C|Uhr|[AaPp]\\.?[Mm])\\b";

  private static final Pattern CENTS = Pattern.compile("[.,](\\d{2}|-{1,2}|–)$");
  private static final Pattern NOT_FIGURE = Pattern.compile("[^\\d.,–-]");
  private static final Pattern NEGATIVE = Pattern.compile("^[-−–(]");

  private final Pattern shape;
  private final Pattern figures;

  /**
   * @param units currency words and signs beside those of Unicode, such as {@code EUR}
   */
  MoneyFormat(Set<String> units) {
    String unit =
        units.stream()
            .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(u -> u))
            .map(Pattern::quote)
            .collect(Collectors.joining("|", "(?:", units.isEmpty() ? "\\p{Sc})" : "|\\p{Sc})"));
    String amount =
        "(?:"
            + (DECIMALS + "(?![.,/:-]\\d)(?!" + MEASURE + ")")
            + ("|(?<=(?<!\\p{L})" + unit + " {0,2})" + WHOLE + "(?![\\d.,]*\\d)(?!\\s*%)")
            + ("|" + WHOLE + "(?= ?" + unit + "(?![\\w/]))")
            + ")";
    String start = "(?<![\\d.,/:\\p{L}])(?<![\\w)]-)";
    this.figures = Pattern.compile(start + amount, Pattern.UNICODE_CHARACTER_CLASS);
    this.shape =
        Pattern.compile(
            start
                + ("(?:\\(" + amount + "\\)")
                + ("|(?<!\\w)[-−](?:" + unit + " ?)?" + amount)
                + ("|" + amount + ")"),
            Pattern.UNICODE_CHARACTER_CLASS);
  }

  @Override
  public List<Span> find(DocumentText document) {
    List<Span> dates = DATES.find(document);
    return Format.matches(shape, document.text()).stream()
        .filter(span -> dates.stream().noneMatch(span::overlaps))
        .toList();
  }

  @Override
  public Optional<String> normalise(String printed) {
    String text = printed.strip();
    boolean negative = NEGATIVE.matcher(text).find();
    String digits = NOT_FIGURE.matcher(negative ? text.substring(1) : text).replaceAll("");
    Matcher cents = CENTS.matcher(digits);
    String fraction = "00";
    if (cents.find()) {
      fraction = Character.isDigit(cents.group(1).charAt(0)) ? cents.group(1) : "00";
      digits = digits.substring(0, cents.start());
    }
    String whole = digits.replaceAll("\\D", "");
    if (whole.isEmpty() || whole.length() > 15) {
      return Optional.empty();
    }
    String plain = whole.replaceFirst("^0+(?=\\d)", "") + "." + fraction;
    return Optional.of(negative ? "-" + plain : plain);
  }

  /** The figures of an amount without sign and currency. */
  Span figures(DocumentText document, Span amount) {
    Matcher matcher = figures.matcher(document.text());
    matcher.region(amount.start(), amount.end()).useTransparentBounds(true);
    return matcher.find() ? new Span(matcher.start(), matcher.end()) : amount;
  }

  @Override
  public String name() {
    return "money";
  }
}
