package dev.paddock.extract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** One of the schema's {@code enum} values, each found by its aliases; plain form: the value. */
final class ChoiceFormat implements Format {
  private record Alias(String text, String value, Pattern pattern) {}

  private final List<Alias> aliases;
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * @param aliases how each value may be printed, in exact case; the longest is looked for first,
   *     so that "$ CA" beats "$"
   */
  ChoiceFormat(Map<String, List<String>> aliases) {
    List<Alias> all = new ArrayList<>();
    aliases.forEach(
        (value, printed) ->
            printed.forEach(
                text -> {
                  all.add(new Alias(text, value, word(text)));
                  values.put(DocumentText.squeeze(text), value);
                }));
    all.sort(Comparator.comparingInt((Alias alias) -> -alias.text().length()));
    this.aliases = List.copyOf(all);
  }

  private static Pattern word(String text) {
    return Pattern.compile(
        (Character.isLetter(text.charAt(0)) ? "(?<!\\p{L})" : "")
            + Pattern.quote(text)
            + (Character.isLetter(text.charAt(text.length() - 1)) ? "(?!\\p{L})" : ""));
  }

  @Override
  public List<Span> find(DocumentText document) {
    List<Span> found = new ArrayList<>();
    for (Alias alias : aliases) {
      for (Span span : Format.matches(alias.pattern(), document.text())) {
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
