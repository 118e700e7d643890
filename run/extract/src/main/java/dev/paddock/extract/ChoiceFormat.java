package dev.paddock.extract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One of the schema's {@code enum} values, each found by its aliases; plain form: the value. A sign
 * that several values share, such as "$", means the one that the document names in another way too,
 * else the one for which it is not marked as weak.
 */
final class ChoiceFormat implements Format {
  private final Map<String, Pattern> patterns = new LinkedHashMap<>();
  private final Map<String, String> values;
  private final Map<String, Set<String>> shared;

  /**
   * @param aliases how each value may be printed, in exact case, a weak one with a closing {@code
   *     ?}; the longest is looked for first, so that "$ CA" beats "$"
   */
  ChoiceFormat(Map<String, List<String>> aliases) {
    Map<String, String> meaning = new HashMap<>();
    Map<String, Set<String>> weak = new HashMap<>();
    aliases.forEach(
        (value, printed) ->
            printed.forEach(
                alias -> {
                  String text = printed(alias);
                  if (text.equals(alias)) {
                    meaning.put(text, value);
                  } else {
                    weak.computeIfAbsent(text, t -> new HashSet<>()).add(value);
                  }
                }));
    weak.forEach((text, owners) -> meaning.putIfAbsent(text, owners.iterator().next()));
    meaning.keySet().stream()
        .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(t -> t))
        .forEach(text -> patterns.put(text, word(text)));
    this.values = Map.copyOf(meaning);
    this.shared = Map.copyOf(weak);
  }

  private ChoiceFormat(ChoiceFormat from, Map<String, String> values) {
    this.patterns.putAll(from.patterns);
    this.values = values;
    this.shared = Map.of();
  }

  /** An alias without the mark of a weak one. */
  static String printed(String alias) {
    return alias.length() > 1 && alias.endsWith("?")
        ? alias.substring(0, alias.length() - 1)
        : alias;
  }

  private static Pattern word(String text) {
    return Pattern.compile(
        (Character.isLetter(text.charAt(0)) ? "(?<!\\p{L})" : "")
            + Pattern.quote(text)
            + (Character.isLetter(text.charAt(text.length() - 1)) ? "(?!\\p{L})" : ""));
  }

  /** The same, with shared signs read as this document means them. */
  ChoiceFormat in(DocumentText document) {
    if (shared.isEmpty()) {
      return this;
    }
    Set<String> named = new HashSet<>();
    for (Span span : find(document)) {
      String text = document.slice(span);
      if (!shared.containsKey(text)) {
        normalise(text).ifPresent(named::add);
      }
    }
    Map<String, String> meaning = new HashMap<>(values);
    shared.forEach(
        (text, owners) -> {
          List<String> meant = owners.stream().filter(named::contains).toList();
          if (meant.size() == 1 && !named.contains(values.getOrDefault(text, ""))) {
            meaning.put(text, meant.getFirst());
          }
        });
    return new ChoiceFormat(this, Map.copyOf(meaning));
  }

  @Override
  public List<Span> find(DocumentText document) {
    List<Span> found = new ArrayList<>();
    for (Pattern pattern : patterns.values()) {
      for (Span span : Format.matches(pattern, document.text())) {
        if (found.stream().noneMatch(span::overlaps)) {
          found.add(span);
        }
      }
    }
    return found.stream().sorted().toList();
  }

  @Override
  public Optional<String> normalise(String printed) {
    return Optional.ofNullable(values.get(DocumentText.squeeze(printed)));
  }

  @Override
  public String name() {
    return "choice";
  }
}
