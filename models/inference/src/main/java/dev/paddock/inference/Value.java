package dev.paddock.inference;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any of several rules; recursive schemas come back to the same object. */
final class Value {
  static final int NEVER = Integer.MAX_VALUE / 4;

  private final List<Rule> rules = new ArrayList<>();

  /** Containers nested at least this deep, {@link #NEVER} if there is no such value. */
  private int depth = NEVER;

  /** Bytes of the shortest value. */
  private long cost = NEVER;

  void add(Rule rule) {
    rules.add(rule);
  }

  List<Rule> rules() {
    return rules;
  }

  boolean possible() {
    return depth < NEVER;
  }

  int depth() {
    return depth;
  }

  long cost() {
    return cost;
  }

  /** Learns from its rules; whether anything was new. */
  boolean settle() {
    int least = NEVER;
    long shortest = NEVER;
    for (Rule rule : rules) {
      least = Math.min(least, rule.depth());
      shortest = Math.min(shortest, rule.cost());
    }
    boolean changed = least != depth || shortest != cost;
    depth = least;
    cost = shortest;
    return changed;
  }

  void enter(@Nullable Frame frame, boolean capture, Reading.@Nullable Copy copies, Readings out) {
    for (Rule rule : rules) {
      if (rule.depth() <= Frame.MAX_DEPTH - Frame.depthOf(frame)) {
        rule.enter(frame, capture, copies, out);
      }
    }
  }
}
