package dev.paddock.extract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds where in a document a value stands that a model says it read there. */
final class Locator {
  private static final int MAX_PLACES = 200;

  private Locator() {}

  /**
   * Every place of {@code value}: as printed, else with other blanks or case, else any text with
   * the same plain form.
   */
  static List<Occurrence> find(
      DocumentText document, Format format, String value, List<Occurrence> candidates) {
    Optional<String> plain = format.normalise(value);
    List<Occurrence> places = new ArrayList<>();
    for (Span span : printed(document.text(), value.strip())) {
      String text = DocumentText.squeeze(document.slice(span));
      format.normalise(text).ifPresent(p -> places.add(new Occurrence(span, text, p)));
    }
    if (!places.isEmpty() || plain.isEmpty()) {
      return places;
    }
    return candidates.stream().filter(c -> c.plain().equals(plain.get())).toList();
  }

  private static List<Span> printed(String text, String value) {
    String[] words = value.split("\\s+");
    StringBuilder pattern = new StringBuilder();
    for (String word : words) {
      pattern.append(pattern.isEmpty() ? "" : "\\s+").append(Pattern.quote(word));
    }
    if (value.isEmpty()) {
      return List.of();
    }
    boolean startsInWord = Character.isLetterOrDigit(value.codePointAt(0));
    boolean endsInWord = Character.isLetterOrDigit(value.codePointBefore(value.length()));
    Matcher matcher =
        Pattern.compile(
                (startsInWord ? "(?<![\\p{L}\\p{N}])" : "")
                    + pattern
                    + (endsInWord ? "(?![\\p{L}\\p{N}])" : ""),
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
            .matcher(text);
    List<Span> found = new ArrayList<>();
    while (matcher.find() && found.size() < MAX_PLACES) {
      found.add(new Span(matcher.start(), matcher.end()));
    }
    return found;
  }
}
