package dev.paddock.extract;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What kind of value a field holds: where such values may stand, and their one plain form. */
sealed interface Format
    permits ChoiceFormat, DateFormat, IdentifierFormat, MoneyFormat, NameFormat, PatternFormat {

  /** Every place where such a value may stand, in the order of the text. */
  List<Span> find(DocumentText document);

  /** The plain form of a value as it is printed; empty when it is none of this kind. */
  Optional<String> normalise(String printed);

  /** Its name in a schema. */
  String name();

  static List<Span> matches(Pattern pattern, CharSequence text) {
    Matcher matcher = pattern.matcher(text);
    return matcher
        .results()
        .filter(found -> found.end() > found.start())
        .map(found -> new Span(found.start(), found.end()))
        .toList();
  }
}
