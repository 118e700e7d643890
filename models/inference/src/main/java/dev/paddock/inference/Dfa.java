package dev.paddock.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A regular language as a table; trimmed and minimal. */
final class Dfa implements Terminal {
  static final int MAX_COUNT = 1 << 20;

  static final Dfa EMPTY = new Dfa(Alphabet.ofColumns(new int[256]), new int[0], new BitSet(), 0);

  private final Alphabet alphabet;
  private final int[] next;
  private final BitSet accepting;
  private final int size;
  private int @Nullable [] distances;
  private int @Nullable [] counts;

  Dfa(Alphabet alphabet, int[] next, BitSet accepting, int size) {
    this.alphabet = alphabet;
    this.next = next;
    this.accepting = accepting;
    this.size = size;
  }

  /**
   * The words with something before and after them; no word may go on with the first byte of the
   * suffix.
   */
  Dfa between(byte[] prefix, byte[] suffix) {
    if (isEmpty()) {
      return EMPTY;
    }
    Dfa body = this;
    return DfaBuilder.explore(
        new DfaBuilder.Machine<Integer>() {
          @Override
          public Alphabet alphabet() {
            int[] columns = new int[256];
            for (int b = 0; b < 256; b++) {
              columns[b] = body.alphabet.classOf(b);
            }
            for (byte b : prefix) {
              columns[b & 0xff] = 256 + (b & 0xff);
            }
            for (byte b : suffix) {
              columns[b & 0xff] = 256 + (b & 0xff);
            }
            return Alphabet.ofColumns(columns);
          }

          @Override
          public Integer start() {
            return prefix.length == 0 ? suffix.length : -prefix.length;
          }

          // below zero: in the prefix; to the suffix' length: how much of it is left; then the body
          @Override
          public @Nullable Integer step(Integer state, int b) {
            if (state < 0) {
              boolean fits = (prefix[prefix.length + state] & 0xff) == b;
              return !fits ? null : state == -1 ? Integer.valueOf(suffix.length) : state + 1;
            }
            if (state < suffix.length) {
              int read = suffix.length - state;
              return state > 0 && (suffix[read] & 0xff) == b ? state - 1 : null;
            }
            int target = body.step(state - suffix.length, b);
            if (target != DEAD) {
              return suffix.length + target;
            }
            boolean ends =
                suffix.length > 0 && body.accepts(state - suffix.length) && (suffix[0] & 0xff) == b;
            return ends ? suffix.length - 1 : null;
          }

          @Override
          public boolean accepts(Integer state) {
            return suffix.length > 0 ? state == 0 : state >= 0 && body.accepts(state);
          }
        });
  }

  /** The words, which begin with a quote and end with their next plain one, without both. */
  Dfa unquoted() {
    if (isEmpty()) {
      return EMPTY;
    }
    Dfa quoted = this;
    return DfaBuilder.explore(
        new DfaBuilder.Machine<Integer>() {
          @Override
          public Alphabet alphabet() {
            return quoted.alphabet;
          }

          @Override
          public Integer start() {
            return quoted.step(quoted.start(), '"');
          }

          @Override
          public @Nullable Integer step(Integer state, int b) {
            int target = quoted.step(state, b);
            return target == DEAD || quoted.accepts(target) ? null : target;
          }

          @Override
          public boolean accepts(Integer state) {
            int target = quoted.step(state, '"');
            return target != DEAD && quoted.accepts(target);
          }
        });
  }

  Dfa intersect(Dfa other) {
    return combine(other, Operation.AND);
  }

  Dfa union(Dfa other) {
    return combine(other, Operation.OR);
  }

  Dfa minus(Dfa other) {
    return combine(other, Operation.MINUS);
  }

  private enum Operation {
    AND,
    OR,
    MINUS
  }

  private Dfa combine(Dfa other, Operation operation) {
    Dfa self = this;
    Alphabet merged = Alphabet.merge(alphabet, other.alphabet);
    return DfaBuilder.explore(
        new DfaBuilder.Machine<Long>() {
          @Override
          public Alphabet alphabet() {
            return merged;
          }

          @Override
          public Long start() {
            return pair(self.start(), other.start());
          }

          @Override
          public @Nullable Long step(Long state, int b) {
            int x = left(state) == DEAD ? DEAD : self.step(left(state), b);
            int y = right(state) == DEAD ? DEAD : other.step(right(state), b);
            boolean dead =
                switch (operation) {
                  case AND -> x == DEAD || y == DEAD;
                  case OR -> x == DEAD && y == DEAD;
                  case MINUS -> x == DEAD;
                };
            return dead ? null : pair(x, y);
          }

          @Override
          public boolean accepts(Long state) {
            boolean x = left(state) != DEAD && self.accepts(left(state));
            boolean y = right(state) != DEAD && other.accepts(right(state));
            return switch (operation) {
              case AND -> x && y;
              case OR -> x || y;
              case MINUS -> x && !y;
            };
          }
        });
  }

  private static long pair(int x, int y) {
    return (long) x << 32 | y & 0xffffffffL;
  }

  private static int left(long pair) {
    return (int) (pair >> 32);
  }

  private static int right(long pair) {
    return (int) pair;
  }

  Alphabet alphabet() {
    return alphabet;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @Override
  public int start() {
    return size == 0 ? DEAD : 0;
  }

  @Override
  public int step(int state, int b) {
    return next[state * alphabet.representatives().length + alphabet.classOf(b)];
  }

  @Override
  public boolean accepts(int state) {
    return accepting.get(state);
  }

  @Override
  public boolean goesOn(int state) {
    int classes = alphabet.size();
    for (int c = 0; c < classes; c++) {
      if (next[state * classes + c] != DEAD) {
        return true;
      }
    }
    return false;
  }

  boolean matches(byte[] word) {
    int state = start();
    for (int i = 0; i < word.length && state != DEAD; i++) {
      state = step(state, word[i] & 0xff);
    }
    return state != DEAD && accepts(state);
  }

  /** How many words are left from a state, at most {@link #MAX_COUNT}. */
  int words(int state) {
    int[] known = counts;
    if (known == null) {
      known = countWords();
      counts = known;
    }
    return known[state];
  }

  boolean finite() {
    return size == 0 || words(0) < MAX_COUNT;
  }

  /** Words are counted from the ends; a state that is left over lies before a loop. */
  private int[] countWords() {
    Alphabet each = Alphabet.bytes();
    Predecessors backwards = new Predecessors(size, each.size(), this::step);
    int[] open = new int[size];
    for (int s = 0; s < size; s++) {
      backwards.forEach(s, from -> open[from]++);
    }
    int[] result = new int[size];
    BitSet counted = new BitSet();
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    for (int s = 0; s < size; s++) {
      result[s] = accepting.get(s) ? 1 : 0;
      if (open[s] == 0) {
        queue.add(s);
      }
    }
    while (!queue.isEmpty()) {
      int s = queue.remove();
      counted.set(s);
      backwards.forEach(
          s,
          from -> {
            result[from] = Math.min(result[from] + result[s], MAX_COUNT);
            if (--open[from] == 0) {
              queue.add(from);
            }
          });
    }
    for (int s = counted.nextClearBit(0); s < size; s = counted.nextClearBit(s + 1)) {
      result[s] = MAX_COUNT;
    }
    return result;
  }

  /** All words in byte order, if there are at most {@code limit}. */
  Optional<List<byte[]>> enumerate(int limit) {
    if (size > 0 && words(0) > limit) {
      return Optional.empty();
    }
    List<byte[]> found = new ArrayList<>();
    if (size > 0) {
      enumerate(0, new byte[0], found);
    }
    return Optional.of(found);
  }

  private void enumerate(int state, byte[] prefix, List<byte[]> found) {
    if (accepts(state)) {
      found.add(prefix);
    }
    for (int b = 0; b < 256; b++) {
      int target = step(state, b);
      if (target != DEAD) {
        byte[] longer = Arrays.copyOf(prefix, prefix.length + 1);
        longer[prefix.length] = (byte) b;
        enumerate(target, longer, found);
      }
    }
  }

  @Override
  public int distance(int state) {
    int[] known = distances;
    if (known == null) {
      int classes = alphabet.size();
      known = new Predecessors(size, classes, (s, c) -> next[s * classes + c]).distances(accepting);
      distances = known;
    }
    return known[state];
  }
}
