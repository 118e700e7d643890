package dev.paddock.extract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A field's possible values in a document, the best first. */
record Ranking(List<Option> options) {
  /** The lead of a value that has no rival. */
  private static final double ALONE = 20;

  /**
   * A possible value at its best place.
   *
   * @param label what the words beside it say: positive for the field, negative for another
   * @param likelihood relative to all other candidates
   * @param sum other amounts add up to it
   */
  record Option(
      Occurrence occurrence, double score, double label, double likelihood, boolean sum) {}

  /** Groups places by value and keeps the best of each. */
  static Ranking of(List<Option> places) {
    Map<String, Option> best = new LinkedHashMap<>();
    for (Option place : places) {
      best.merge(
          place.occurrence().plain(), place, (old, now) -> now.score() > old.score() ? now : old);
    }
    List<Option> sorted = new ArrayList<>(best.values());
    sorted.sort(Comparator.comparingDouble((Option option) -> -option.score()));
    return new Ranking(List.copyOf(sorted));
  }

  Option top() {
    return options.getFirst();
  }

  double lead() {
    return options.size() < 2 ? ALONE : top().score() - options.get(1).score();
  }

  /** Whether the model alone would choose the same. */
  boolean modelAgrees() {
    return options.stream().noneMatch(o -> o.likelihood() > top().likelihood());
  }
}
