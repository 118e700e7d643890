package dev.paddock.inference;

import dev.paddock.inference.Frame.Phase;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Items one after the other; some may have to be of a certain kind. */
final class ArrayRule extends Container {
  /**
   * @param prefix the first items, then {@code rest}
   */
  record Items(List<Value> prefix, Value rest) {
    Value at(int index) {
      return index < prefix.size() ? prefix.get(index) : rest;
    }
  }

  /**
   * How many items must match.
   *
   * @param matching what an item is that counts
   */
  record Contains(Items matching, int min, int max) {}

  private final Items items;
  private final Optional<Contains> contains;
  private final Optional<Dfa> distinct;
  private final int min;
  private final int max;

  /**
   * @param distinct the language of all items, if none may come twice
   */
  ArrayRule(Items items, Optional<Contains> contains, Optional<Dfa> distinct, int min, int max) {
    super("[", "]");
    this.items = items;
    this.contains = contains;
    this.distinct = distinct;
    this.min = min;
    this.max =
        distinct.isEmpty() || distinct.get().isEmpty() ? max : Math.min(max, words(distinct.get()));
  }

  private static int words(Dfa language) {
    int words = language.words(language.start());
    return words < Dfa.MAX_COUNT ? words : Formula.UNBOUNDED;
  }

  /** How many items there can be, with values of limited depth. */
  private int reach(int limit) {
    int end = items.prefix().size();
    for (int i = 0; i <= end; i++) {
      if (items.at(i).depth() > limit && matchDepth(i) > limit) {
        return Math.min(max, i);
      }
    }
    return max;
  }

  private int matchDepth(int index) {
    return contains.isEmpty() ? Value.NEVER : contains.get().matching().at(index).depth();
  }

  private int matchesMin() {
    return contains.map(Contains::min).orElse(0);
  }

  /** How many of the items from one on can match. */
  private int matchesFrom(int index, int limit) {
    int reach = reach(limit);
    int end = items.prefix().size();
    int count = 0;
    for (int i = index; i < Math.min(end, reach); i++) {
      count += matchDepth(i) <= limit ? 1 : 0;
    }
    int rest = Math.max(0, reach - Math.max(index, end));
    return matchDepth(end) <= limit ? (int) Math.min((long) count + rest, max) : count;
  }

  @Override
  int innerDepth() {
    TreeSet<Integer> limits = new TreeSet<>(List.of(0));
    for (int i = 0; i <= items.prefix().size(); i++) {
      limits.add(items.at(i).depth());
      limits.add(matchDepth(i));
    }
    for (int limit : limits.headSet(Value.NEVER)) {
      if (reach(limit) >= min && matchesFrom(0, limit) >= matchesMin()) {
        return limit;
      }
    }
    return Value.NEVER;
  }

  @Override
  boolean mayClose(Frame frame) {
    return frame.count() >= min && frame.index() >= matchesMin();
  }

  @Override
  boolean mayGoOn(Frame frame) {
    return mayPass(frame) || mayMatch(frame);
  }

  private boolean mayPass(Frame frame) {
    int limit = frame.innerLimit();
    return frame.count() < max
        && items.at(frame.count()).depth() <= limit
        && goesOn(frame, frame.index(), limit);
  }

  private boolean mayMatch(Frame frame) {
    int limit = frame.innerLimit();
    return frame.count() < max
        && matchDepth(frame.count()) <= limit
        && frame.index() < contains.orElseThrow().max()
        && goesOn(frame, frame.index() + 1, limit);
  }

  /** Whether what must still match can, and what must still come. */
  private boolean goesOn(Frame frame, int matched, int limit) {
    return contains.isEmpty()
        || matchesFrom(frame.count() + 1, limit) >= contains.get().min() - matched;
  }

  @Override
  void member(Frame frame, Reading.@Nullable Copy copies, Readings out) {
    if (mayPass(frame)) {
      begin(frame, frame.index(), items.at(frame.count()), copies, out);
    }
    if (mayMatch(frame)) {
      Contains c = contains.orElseThrow();
      int counted = c.max() == Formula.UNBOUNDED ? c.min() : c.max();
      int index = Math.min(frame.index() + 1, counted);
      begin(frame, index, c.matching().at(frame.count()), copies, out);
    }
  }

  private void begin(
      Frame frame, int matched, Value value, Reading.@Nullable Copy copies, Readings out) {
    Frame inside =
        new Frame(
            this,
            Phase.VALUE,
            matched,
            frame.count() + 1,
            frame.used(),
            frame.parent(),
            frame.depth());
    if (distinct.isPresent()) {
      Terminal words =
          frame.used().size() == 0 ? distinct.get() : new FreshWords(distinct.get(), frame.used());
      out.add(new Reading(words, words.start(), inside, Reading.Bytes.NONE, copies));
    } else {
      value.enter(inside, false, copies, out);
    }
  }

  @Override
  void value(Frame frame, Reading reading, Reading.@Nullable Copy copies, Readings out) {
    throw new IllegalStateException("an array has no keys");
  }

  @Override
  Frame counted(Frame frame, Reading reading) {
    return distinct.isEmpty()
        ? frame
        : new Frame(
            this,
            Phase.VALUE,
            frame.index(),
            frame.count(),
            frame.used().plus(reading.word()),
            frame.parent(),
            frame.depth());
  }

  @Override
  long closingCost(int index, int count, int used) {
    long cost = 1;
    int missing = Math.max(0, matchesMin() - index);
    int at = count;
    int end = items.prefix().size();
    while ((at < min || missing > 0) && at < end) {
      boolean match = missing > 0 && matchDepth(at) < Value.NEVER;
      cost += separated(itemCost(at, match));
      missing -= match ? 1 : 0;
      at++;
    }
    long matching = missing > 0 ? separated(itemCost(end, true)) : 0;
    long others = Math.max(0, (long) min - at - missing);
    return cost + missing * matching + (others > 0 ? others * separated(itemCost(end, false)) : 0);
  }

  private long itemCost(int index, boolean match) {
    long plain = items.at(index).cost();
    long matching = contains.isEmpty() ? Value.NEVER : contains.get().matching().at(index).cost();
    return match ? matching : Math.min(plain, matching);
  }

  @Override
  long memberCost(Frame frame) {
    boolean match = frame.index() < matchesMin() && mayMatch(frame);
    return itemCost(frame.count(), match || !mayPass(frame))
        + closingCost(frame.index() + (match ? 1 : 0), frame.count() + 1, frame.used().size());
  }

  @Override
  long valueCost(Frame frame, Reading reading) {
    throw new IllegalStateException("an array has no keys");
  }
}
