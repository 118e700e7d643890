package dev.paddock.inference;

import dev.paddock.inference.Frame.Phase;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Declared properties in their order, each at most once, then others in any order. */
final class ObjectRule extends Container {
  record Property(String name, Value value, boolean required) {}

  /**
   * Keys of a language, with values that obey the same schemas.
   *
   * @param keys with their quotes and colon
   */
  record Others(Dfa keys, Value value) {
    int count() {
      return keys.words(keys.start());
    }
  }

  private final List<Property> declared;
  private final List<Others> others;
  private final int min;
  private final int max;
  private final KeyTrie trie;

  /** Required properties from each on. */
  private final int[] requiredFrom;

  private final Map<BitSet, DeclaredKeys> terminals = new ConcurrentHashMap<>();

  ObjectRule(List<Property> declared, List<Others> others, int min, int max) {
    super("{", "}");
    this.declared = declared;
    this.others = others;
    this.min = min;
    this.max = max;
    this.trie = new KeyTrie(declared.stream().map(Property::name).toList());
    this.requiredFrom = new int[declared.size() + 1];
    for (int i = declared.size() - 1; i >= 0; i--) {
      requiredFrom[i] = requiredFrom[i + 1] + (declared.get(i).required() ? 1 : 0);
    }
  }

  @Override
  int innerDepth() {
    int deepest = 0;
    List<Integer> optional = new ArrayList<>();
    for (Property property : declared) {
      if (property.required()) {
        deepest = Math.max(deepest, property.value().depth());
      } else {
        optional.add(property.value().depth());
      }
    }
    int spare = min - requiredFrom[0];
    for (Others other : others) {
      for (int i = 0; i < Math.min(spare, other.count()); i++) {
        optional.add(other.value().depth());
      }
    }
    if (spare > optional.size()) {
      return Value.NEVER;
    }
    optional.sort(null);
    return spare > 0 ? Math.max(deepest, optional.get(spare - 1)) : deepest;
  }

  /** How many declared properties there are from an index on, with values of limited depth. */
  private int fittingFrom(int index, int limit) {
    int count = 0;
    for (Property property : declared.subList(index, declared.size())) {
      count += property.value().depth() <= limit ? 1 : 0;
    }
    return count;
  }

  /** How many more of the other keys there are. */
  private int free(int used, int limit) {
    int sum = 0;
    for (Others other : others) {
      sum += other.value().depth() <= limit ? other.count() : 0;
    }
    return Math.min(sum, Dfa.MAX_COUNT) - used;
  }

  @Override
  boolean mayClose(Frame frame) {
    return requiredFrom[frame.index()] == 0 && frame.count() >= min;
  }

  @Override
  boolean mayGoOn(Frame frame) {
    return !allowed(frame).isEmpty() || others.stream().anyMatch(o -> mayUse(frame, o));
  }

  /** The declared properties that may come next. */
  private BitSet allowed(Frame frame) {
    int from = frame.index();
    int limit = frame.innerLimit();
    boolean spare = frame.count() + 1 + requiredFrom[from] <= max;
    int left = fittingFrom(from, limit) + free(frame.used().size(), limit);
    BitSet allowed = new BitSet();
    for (int i = from; i < declared.size(); i++) {
      Property property = declared.get(i);
      if (property.value().depth() <= limit) {
        allowed.set(i, frame.count() + left >= min && (property.required() || spare));
        left--;
      }
      if (property.required()) {
        break;
      }
    }
    return allowed;
  }

  private boolean mayUse(Frame frame, Others other) {
    int limit = frame.innerLimit();
    return requiredFrom[frame.index()] == 0
        && frame.count() < max
        && other.value().depth() <= limit
        && frame.count() + free(frame.used().size(), limit) >= min
        && left(other, frame.used()) > 0;
  }

  private static int left(Others other, Used used) {
    int count = other.count();
    if (count < Dfa.MAX_COUNT) {
      for (byte[] word : used.words()) {
        count -= other.keys().matches(word) ? 1 : 0;
      }
    }
    return count;
  }

  @Override
  void member(Frame frame, Reading.@Nullable Copy copies, Readings out) {
    BitSet allowed = allowed(frame);
    if (!allowed.isEmpty()) {
      int last = allowed.length() - 1;
      int wanted = declared.get(last).required() ? last : -1;
      DeclaredKeys keys =
          terminals.computeIfAbsent(allowed, a -> new DeclaredKeys(trie, a, wanted));
      out.add(new Reading(keys, keys.start(), frame.at(Phase.KEY), null, copies));
    }
    for (int i = 0; i < others.size(); i++) {
      if (mayUse(frame, others.get(i))) {
        Dfa all = others.get(i).keys();
        Terminal keys = frame.used().size() == 0 ? all : new FreshWords(all, frame.used());
        Frame waiting = moved(frame, Phase.FREE_KEY, declared.size() + i, frame.count());
        out.add(new Reading(keys, keys.start(), waiting, Reading.Bytes.NONE, copies));
      }
    }
  }

  private static Frame moved(Frame f, Phase phase, int index, int count) {
    return new Frame(f.rule(), phase, index, count, f.used(), f.parent(), f.depth());
  }

  @Override
  void value(Frame frame, Reading reading, Reading.@Nullable Copy copies, Readings out) {
    Frame inside;
    Value value;
    if (reading.terminal() instanceof DeclaredKeys keys) {
      int key = keys.key(reading.state());
      inside = moved(frame, Phase.VALUE, key + 1, frame.count() + 1);
      value = declared.get(key).value();
    } else {
      value = others.get(frame.index() - declared.size()).value();
      inside =
          new Frame(
              this,
              Phase.VALUE,
              declared.size(),
              frame.count() + 1,
              frame.used().plus(reading.word()),
              frame.parent(),
              frame.depth());
    }
    value.enter(inside, false, copies, out);
  }

  @Override
  Frame counted(Frame frame, Reading reading) {
    return frame;
  }

  @Override
  long closingCost(int index, int count, int used) {
    List<Long> spare = new ArrayList<>();
    long cost = 1;
    for (int i = index; i < declared.size(); i++) {
      Property property = declared.get(i);
      long own = trie.length(i) + property.value().cost();
      if (property.required()) {
        cost += separated(own);
      } else if (property.value().possible()) {
        spare.add(own);
      }
    }
    int fill = Math.max(0, min - count - requiredFrom[index]);
    cost += lowest(spare, fill);
    int beyond = fill - Math.min(fill, spare.size());
    return cost + (beyond == 0 ? 0 : beyond * separated(cheapestOther()));
  }

  private long cheapestOther() {
    long best = Value.NEVER;
    for (Others other : others) {
      if (other.value().possible()) {
        Dfa keys = other.keys();
        best = Math.min(best, keys.distance(keys.start()) + other.value().cost());
      }
    }
    return best;
  }

  @Override
  long memberCost(Frame frame) {
    long best = Value.NEVER;
    BitSet allowed = allowed(frame);
    for (int i = allowed.nextSetBit(0); i >= 0; i = allowed.nextSetBit(i + 1)) {
      long own = trie.length(i) + declared.get(i).value().cost();
      best = Math.min(best, own + closingCost(i + 1, frame.count() + 1, frame.used().size()));
    }
    if (others.stream().anyMatch(o -> mayUse(frame, o))) {
      long rest = closingCost(frame.index(), frame.count() + 1, frame.used().size() + 1);
      best = Math.min(best, cheapestOther() + rest);
    }
    return best;
  }

  @Override
  long valueCost(Frame frame, Reading reading) {
    int index = frame.index();
    Value value;
    if (reading.terminal() instanceof DeclaredKeys keys) {
      int key = keys.aimed(reading.state());
      value = declared.get(key).value();
      index = key + 1;
    } else {
      value = others.get(index - declared.size()).value();
      index = declared.size();
    }
    return value.cost() + closingCost(index, frame.count() + 1, frame.used().size());
  }
}
