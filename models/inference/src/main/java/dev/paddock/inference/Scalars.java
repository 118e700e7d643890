package dev.paddock.inference;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The languages of JSON's scalar values in canonical spelling. */
final class Scalars {
  private static final byte[] QUOTE = {'"'};

  /** What may stand between the quotes of a string. */
  static final Dfa CONTENTS = Regex.search("");

  static final Dfa STRINGS = quoted(CONTENTS);
  static final Dfa NUMBERS = NumberLanguage.between(Optional.empty(), Optional.empty());
  static final Dfa INTEGERS = NumberLanguage.integers();
  static final Dfa PLAIN_NUMBERS = NUMBERS.minus(NumberLanguage.exponents());
  static final Dfa FRACTIONS = PLAIN_NUMBERS.minus(INTEGERS);
  static final Dfa NULL = spelled("null");
  static final Dfa BOOLEANS = words(List.of("true", "false"));
  static final Dfa ALL = STRINGS.union(NUMBERS).union(NULL).union(BOOLEANS);
  static final Dfa NOT_STRINGS = ALL.minus(STRINGS);
  static final Dfa NOT_NUMBERS = ALL.minus(NUMBERS);

  private static final Map<Set<String>, Formula> BY_TYPES = new ConcurrentHashMap<>();

  private Scalars() {}

  static Dfa quoted(Dfa contents) {
    return contents.between(QUOTE, QUOTE);
  }

  /** The scalars of some types; one object for the same types, as masks belong to a language. */
  static Formula ofTypes(Set<String> types) {
    return BY_TYPES.computeIfAbsent(Set.copyOf(types), Scalars::union);
  }

  private static Formula union(Set<String> types) {
    Dfa language = Dfa.EMPTY;
    Dfa opposite = Dfa.EMPTY;
    for (Map.Entry<String, Dfa> type :
        Map.of("string", STRINGS, "null", NULL, "boolean", BOOLEANS).entrySet()) {
      boolean chosen = types.contains(type.getKey());
      language = chosen ? language.union(type.getValue()) : language;
      opposite = chosen ? opposite : opposite.union(type.getValue());
    }
    if (types.contains("number")) {
      language = language.union(NUMBERS);
    } else if (types.contains("integer")) {
      language = language.union(INTEGERS);
      opposite = opposite.union(FRACTIONS);
    } else {
      opposite = opposite.union(NUMBERS);
    }
    return new Formula.Opposites(language, opposite);
  }

  /** What stands between the quotes of strings. */
  static Dfa contents(Dfa strings) {
    return strings == STRINGS ? CONTENTS : strings.unquoted();
  }

  /** Strings of some lengths in code points, and everything that is no string. */
  static Dfa lengths(int min, int max) {
    String bounds = max == Formula.UNBOUNDED ? "{" + min + ",}" : "{" + min + "," + max + "}";
    return quoted(Regex.search("^[^]" + bounds + "$")).union(NOT_STRINGS);
  }

  /** Keys with what follows them. */
  static Dfa keys(Dfa contents) {
    return contents.between(QUOTE, "\": ".getBytes(StandardCharsets.UTF_8));
  }

  static Dfa spelled(String word) {
    return words(List.of(word));
  }

  static Dfa words(List<String> words) {
    return DfaBuilder.words(words.stream().map(w -> w.getBytes(StandardCharsets.UTF_8)).toList());
  }
}
