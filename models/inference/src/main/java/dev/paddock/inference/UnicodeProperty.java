package dev.paddock.inference;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * General categories of the Unicode Character Database, by their short names and one-letter groups.
 */
final class UnicodeProperty {
  private static final Map<String, Integer> CATEGORIES =
      Map.ofEntries(
          Map.entry("Lu", (int) Character.UPPERCASE_LETTER),
          Map.entry("Ll", (int) Character.LOWERCASE_LETTER),
          Map.entry("Lt", (int) Character.TITLECASE_LETTER),
          Map.entry("Lm", (int) Character.MODIFIER_LETTER),
          Map.entry("Lo", (int) Character.OTHER_LETTER),
          Map.entry("Mn", (int) Character.NON_SPACING_MARK),
          Map.entry("Mc", (int) Character.COMBINING_SPACING_MARK),
          Map.entry("Me", (int) Character.ENCLOSING_MARK),
          Map.entry("Nd", (int) Character.DECIMAL_DIGIT_NUMBER),
          Map.entry("Nl", (int) Character.LETTER_NUMBER),
          Map.entry("No", (int) Character.OTHER_NUMBER),
          Map.entry("Pc", (int) Character.CONNECTOR_PUNCTUATION),
          Map.entry("Pd", (int) Character.DASH_PUNCTUATION),
          Map.entry("Ps", (int) Character.START_PUNCTUATION),
          Map.entry("Pe", (int) Character.END_PUNCTUATION),
          Map.entry("Pi", (int) Character.INITIAL_QUOTE_PUNCTUATION),
          Map.entry("Pf", (int) Character.FINAL_QUOTE_PUNCTUATION),
          Map.entry("Po", (int) Character.OTHER_PUNCTUATION),
          Map.entry("Sm", (int) Character.MATH_SYMBOL),
          Map.entry("Sc", (int) Character.CURRENCY_SYMBOL),
          Map.entry("Sk", (int) Character.MODIFIER_SYMBOL),
          Map.entry("So", (int) Character.OTHER_SYMBOL),
          Map.entry("Zs", (int) Character.SPACE_SEPARATOR),
          Map.entry("Zl", (int) Character.LINE_SEPARATOR),
          Map.entry("Zp", (int) Character.PARAGRAPH_SEPARATOR),
          Map.entry("Cc", (int) Character.CONTROL),
          Map.entry("Cf", (int) Character.FORMAT));
  private static final Map<String, String> LONG_NAMES =
      Map.of(
          "Letter",
          "L",
          "Uppercase_Letter",
          "Lu",
          "Lowercase_Letter",
          "Ll",
          "Mark",
          "M",
          "Number",
          "N",
          "Decimal_Number",
          "Nd",
          "Punctuation",
          "P",
          "Symbol",
          "S",
          "Separator",
          "Z");
  private static final Map<String, CharSet> FOUND = new ConcurrentHashMap<>();

  private UnicodeProperty() {}

  static Optional<CharSet> find(String name) {
    String wanted = LONG_NAMES.getOrDefault(name, name);
    if (wanted.isEmpty() || CATEGORIES.keySet().stream().noneMatch(k -> k.startsWith(wanted))) {
      return Optional.empty();
    }
    return Optional.of(FOUND.computeIfAbsent(wanted, UnicodeProperty::collect));
  }

  private static CharSet collect(String wanted) {
    long types = 0;
    for (Map.Entry<String, Integer> category : CATEGORIES.entrySet()) {
      if (category.getKey().startsWith(wanted)) {
        types |= 1L << category.getValue();
      }
    }
    long set = types;
    return CharSet.matching(c -> (set >> Character.getType(c) & 1) != 0);
  }
}
