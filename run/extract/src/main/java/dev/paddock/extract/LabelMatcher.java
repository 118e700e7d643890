package dev.paddock.extract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Says which of several roles the words beside a value name. Where labels overlap the longest wins,
 * so that "Total excl" beats "Total".
 */
final class LabelMatcher {
  private static final double PER_LETTER = 0.03;
  private static final int LETTERS = 14;
  private static final double PER_WORD_BETWEEN = 0.15;
  private static final int WORDS_BETWEEN = 5;
  private static final double RIVAL = 0.2;

  private final Map<String, List<Label>> labels;

  /**
   * @param labels the labels of each role
   */
  LabelMatcher(Map<String, List<Label>> labels) {
    this.labels = labels;
  }

  private record Hit(String role, Label label, int start, int end) {
    boolean overlaps(Hit other) {
      return start < other.end && other.start < end;
    }
  }

  /** The strength of each role that {@code text}, which ends at the value, names. */
  Map<String, Double> strengths(String text) {
    return strengths(new LabelContexts.Context(text, 1, false));
  }

  /** The strength of each role that the words beside a value name. */
  Map<String, Double> strengths(LabelContexts.Context context) {
    List<String> words = Words.of(context.text());
    List<Hit> hits = new ArrayList<>();
    labels.forEach(
        (role, phrases) -> {
          for (Label label : phrases) {
            for (int i = 0; i < words.size(); i++) {
              if (label.matchesAt(words, i)) {
                hits.add(new Hit(role, label, i, i + label.words().size()));
              }
            }
          }
        });
    hits.sort(
        Comparator.comparingInt((Hit hit) -> -hit.label().length())
            .thenComparingInt(hit -> -hit.start()));
    List<Hit> kept = new ArrayList<>();
    Map<String, Double> strengths = new HashMap<>();
    for (Hit hit : hits) {
      if (kept.stream().noneMatch(k -> !k.role().equals(hit.role()) && k.overlaps(hit))) {
        kept.add(hit);
        strengths.merge(
            hit.role(),
            strength(hit, context.follows() ? hit.start() : words.size() - hit.end()),
            Math::max);
      }
    }
    return strengths;
  }

  /** The strength of the strongest label in {@code text}, wherever it stands. */
  OptionalDouble strongest(String text) {
    List<String> words = Words.of(text);
    return labels.values().stream()
        .flatMap(List::stream)
        .filter(label -> IntStream.range(0, words.size()).anyMatch(i -> label.matchesAt(words, i)))
        .mapToDouble(Label::strength)
        .max();
  }

  private static double strength(Hit hit, int between) {
    return hit.label().strength()
        + PER_LETTER * Math.min(hit.label().length(), LETTERS)
        - PER_WORD_BETWEEN * Math.min(between, WORDS_BETWEEN);
  }

  /** How far {@code strengths} speak for {@code role}: negative when another role is named. */
  static double signed(Map<String, Double> strengths, String role) {
    double own = strengths.getOrDefault(role, 0.0);
    double rival = 0;
    for (Map.Entry<String, Double> entry : strengths.entrySet()) {
      if (!entry.getKey().equals(role)) {
        rival = Math.max(rival, entry.getValue());
      }
    }
    return own > rival ? own - RIVAL * rival : RIVAL * own - rival;
  }
}
