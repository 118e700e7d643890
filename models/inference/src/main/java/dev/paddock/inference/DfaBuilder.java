package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds automata, trimmed and minimal. */
final class DfaBuilder {
  /** The most states that any construction may visit. */
  static final int MAX_STATES = 20_000;

  private DfaBuilder() {}

  /** How an automaton is described for {@link #explore}; states are equal by {@code equals}. */
  interface Machine<S> {
    Alphabet alphabet();

    S start();

    /** The state after a byte, null where there is no way on. */
    @Nullable S step(S state, int b);

    boolean accepts(S state);
  }

  /** Builds the table of all states that can be reached, trimmed and minimised. */
  static <S> Dfa explore(Machine<S> machine) {
    Alphabet alphabet = machine.alphabet();
    Map<S, Integer> ids = new HashMap<>();
    List<S> states = new ArrayList<>();
    List<int[]> rows = new ArrayList<>();
    BitSet accepting = new BitSet();
    S start = machine.start();
    ids.put(start, 0);
    states.add(start);
    for (int i = 0; i < states.size(); i++) {
      S state = states.get(i);
      if (machine.accepts(state)) {
        accepting.set(i);
      }
      int[] row = new int[alphabet.size()];
      for (int c = 0; c < row.length; c++) {
        S target = machine.step(state, alphabet.representatives()[c]);
        if (target == null) {
          row[c] = Terminal.DEAD;
          continue;
        }
        Integer known = ids.get(target);
        if (known == null) {
          known = states.size();
          if (known >= MAX_STATES) {
            throw new ModelException(
                ErrorCode.LIMIT_EXCEEDED,
                "needs more than " + MAX_STATES + " states: make it simpler or its bounds smaller");
          }
          ids.put(target, known);
          states.add(target);
        }
        row[c] = known;
      }
      rows.add(row);
    }
    return reduce(alphabet, rows, accepting);
  }

  /** Trims, minimises and numbers anew; the start stays the first state. */
  private static Dfa reduce(Alphabet alphabet, List<int[]> rows, BitSet accepting) {
    Predecessors backwards =
        new Predecessors(rows.size(), alphabet.size(), (s, c) -> rows.get(s)[c]);
    int[] distance = backwards.distances(accepting);
    if (distance[0] == Integer.MAX_VALUE) {
      return Dfa.EMPTY;
    }
    int[] number = new int[rows.size()];
    List<int[]> live = new ArrayList<>();
    BitSet accepts = new BitSet();
    for (int s = 0; s < number.length; s++) {
      number[s] = distance[s] == Integer.MAX_VALUE ? Terminal.DEAD : live.size();
      if (number[s] != Terminal.DEAD) {
        accepts.set(number[s], accepting.get(s));
        live.add(rows.get(s));
      }
    }
    for (int[] row : live) {
      for (int c = 0; c < row.length; c++) {
        row[c] = row[c] == Terminal.DEAD ? Terminal.DEAD : number[row[c]];
      }
    }
    return merge(alphabet, live, accepts);
  }

  private static Dfa merge(Alphabet wide, List<int[]> rows, BitSet accepting) {
    Map<List<Integer>, Integer> distinct = new HashMap<>();
    int[] columnOf = new int[256];
    for (int b = 0; b < 256; b++) {
      int c = wide.classOf(b);
      columnOf[b] =
          b > wide.representatives()[c]
              ? columnOf[wide.representatives()[c]]
              : distinct.computeIfAbsent(
                  rows.stream().map(row -> row[c]).toList(), k -> distinct.size());
    }
    Alphabet alphabet = Alphabet.ofColumns(columnOf);
    int classes = alphabet.size();
    List<int[]> narrow =
        rows.stream()
            .map(
                row ->
                    Arrays.stream(alphabet.representatives())
                        .map(b -> row[wide.classOf(b)])
                        .toArray())
            .toList();
    int[] block = Minimizer.blocks(narrow, classes, accepting);
    int size = Arrays.stream(block).max().orElse(Terminal.DEAD) + 1;
    int[] next = new int[size * classes];
    BitSet accepts = new BitSet();
    for (int s = 0; s < block.length; s++) {
      accepts.set(block[s], accepting.get(s));
      for (int c = 0; c < classes; c++) {
        int target = narrow.get(s)[c];
        next[block[s] * classes + c] = target == Terminal.DEAD ? Terminal.DEAD : block[target];
      }
    }
    return new Dfa(alphabet, next, accepts, size);
  }

  /** The finite language of these words. */
  static Dfa words(Iterable<byte[]> words) {
    List<int[]> rows = new ArrayList<>();
    BitSet accepting = new BitSet();
    rows.add(deadRow());
    for (byte[] word : words) {
      int state = 0;
      for (byte b : word) {
        int target = rows.get(state)[b & 0xff];
        if (target == Terminal.DEAD) {
          target = rows.size();
          if (target >= MAX_STATES) {
            throw new ModelException(
                ErrorCode.LIMIT_EXCEEDED,
                "its values are together longer than " + MAX_STATES + " bytes");
          }
          rows.get(state)[b & 0xff] = target;
          rows.add(deadRow());
        }
        state = target;
      }
      accepting.set(state);
    }
    return reduce(Alphabet.bytes(), rows, accepting);
  }

  private static int[] deadRow() {
    int[] row = new int[256];
    Arrays.fill(row, Terminal.DEAD);
    return row;
  }
}
