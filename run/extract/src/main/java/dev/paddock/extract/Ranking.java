package dev.paddock.extract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A field's possible values in a document, the best first. */
record Ranking(List<Option> options) {
  /** The lead of a value that has no rival. */
  private static final double ALONE = 20;

  /**
   * A possible value at its best place.
   *
   * @param likelihood by the model, relative to all other candidates
   * @param score what all signs count together
   */
  record Option(Place place, double likelihood, double score) {
    String plain() {
      return place.occurrence().plain();
    }
  }

  /** Groups places by value and keeps the best of each. */
  static Ranking of(List<Option> places) {
    Map<String, Option> best = new LinkedHashMap<>();
    for (Option place : places) {
      best.merge(place.plain(), place, (old, now) -> now.score() > old.score() ? now : old);
    }
    List<Option> sorted = new ArrayList<>(best.values());
    sorted.sort(Comparator.comparingDouble((Option option) -> -option.score()));
    return new Ranking(List.copyOf(sorted));
  }

  Option top() {
    return options.getFirst();
  }

  /** The best value that is not just more or less of the same words. */
  Optional<Option> rival() {
    return options.stream().filter(o -> !sameStart(o.plain(), top().plain())).findFirst();
  }

  private static boolean sameStart(String one, String other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  boolean rivalIsLabelled() {
    return options.stream().skip(1).anyMatch(option -> option.place().label() > 0);
  }

  double lead() {
    return rival().map(rival -> top().score() - rival.score()).orElse(ALONE);
  }

  /** Whether the model alone would choose the same. */
  boolean modelAgrees() {
    return options.stream().noneMatch(o -> o.likelihood() > top().likelihood());
  }
}
