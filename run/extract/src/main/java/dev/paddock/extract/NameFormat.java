package dev.paddock.extract;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of people, companies, places and things: the segments of a line, and the runs of up to
 * seven words in them that begin and end with a capital. Plain form: as printed, blanks squeezed.
 */
record NameFormat() implements Format {
  private static final int MAX_WORDS = 7;
  private static final Pattern CUT =
      Pattern.compile(
          " {2,}|\\t+| ?: |: ?$| [-–·•|*] |, | [-–|*]+$|^[-–|*#= ]+|[<>()\"“”„|*;·•]|[!?](?= |$)"
              + "|(?<=\\p{L}{4})\\.(?= \\p{Lu}|$)|,$");
  private static final Pattern NO_NAME = Pattern.compile("\\d{4,}|@|\\p{Sc}|\\d[.,:]\\d");
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern COLON = Pattern.compile("\\s*:");

  @Override
  public List<Span> find(DocumentText document) {
    Set<Span> found = new LinkedHashSet<>();
    for (int i = 0; i < document.lineCount(); i++) {
      Span line = document.line(i);
      for (Span segment : segments(document.slice(line))) {
        addNames(
            document,
            new Span(line.start() + segment.start(), line.start() + segment.end()),
            found);
      }
    }
    return List.copyOf(found);
  }

  private static List<Span> segments(String line) {
    return parts(CUT, line);
  }

  private static List<Span> parts(Pattern cuts, String line) {
    List<Span> segments = new ArrayList<>();
    int start = 0;
    for (Span cut : Format.matches(cuts, line)) {
      if (cut.start() > start) {
        segments.add(new Span(start, cut.start()));
      }
      start = Math.max(start, cut.end());
    }
    if (line.length() > start) {
      segments.add(new Span(start, line.length()));
    }
    return segments;
  }

  private static void addNames(DocumentText document, Span segment, Set<Span> found) {
    String text = document.text();
    Matcher after = COLON.matcher(text).region(segment.end(), text.length());
    boolean label = after.lookingAt();
    List<Span> words =
        Format.matches(WORD, document.slice(segment)).stream()
            .map(w -> new Span(segment.start() + w.start(), segment.start() + w.end()))
            .toList();
    boolean anyCapital = words.stream().anyMatch(w -> capital(text, w));
    for (int from = 0; from < words.size(); from++) {
      for (int to = from; to < Math.min(words.size(), from + MAX_WORDS); to++) {
        boolean last = to == words.size() - 1;
        boolean whole = from == 0 && last;
        Span name = new Span(words.get(from).start(), words.get(to).end());
        boolean named =
            whole
                ? anyCapital && (capital(text, words.get(from)) || !hasDigit(document.slice(name)))
                : capital(text, words.get(from)) && capital(text, words.get(to));
        if (named && !(last && label) && isName(document.slice(name))) {
          found.add(name);
        }
      }
    }
  }

  private static boolean capital(String text, Span word) {
    return Character.isUpperCase(text.codePointAt(word.start()));
  }

  private static boolean hasDigit(String text) {
    return text.chars().anyMatch(Character::isDigit);
  }

  private static boolean isName(String text) {
    return text.codePoints().filter(Character::isLetter).count() >= 3
        && !NO_NAME.matcher(text).find();
  }

  /** Whether a name is all that its segment of the line holds. */
  static boolean fillsSegment(DocumentText document, Span name) {
    return segmentOf(document, name)
        .map(segment -> document.slice(segment).strip().equals(document.slice(name)))
        .orElse(false);
  }

  /** Whether a name stands in the first segment of its line. */
  static boolean startsLine(DocumentText document, Span name) {
    Span line = document.line(document.lineOf(name.start()));
    return segmentOf(document, name)
        .map(segment -> !Words.any(document.text().substring(line.start(), segment.start())))
        .orElse(false);
  }

  private static Optional<Span> segmentOf(DocumentText document, Span name) {
    Span line = document.line(document.lineOf(name.start()));
    return segments(document.slice(line)).stream()
        .map(s -> new Span(line.start() + s.start(), line.start() + s.end()))
        .filter(segment -> segment.contains(name))
        .findFirst();
  }

  @Override
  public Optional<String> normalise(String printed) {
    String text = DocumentText.squeeze(printed);
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  @Override
  public String name() {
    return "name";
  }
}
