package dev.paddock.inference;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;

/** The edges of an automaton, backwards. */
final class Predecessors {
  private final int[] heads;
  private final int[] from;
  private final int[] link;
  private int used;

  /**
   * @param step the target for a state and a class of bytes; negative where there is none
   */
  Predecessors(int states, int classes, IntBinaryOperator step) {
    heads = new int[states];
    from = new int[states * classes];
    link = new int[states * classes];
    Arrays.fill(heads, -1);
    for (int s = 0; s < states; s++) {
      for (int c = 0; c < classes; c++) {
        int target = step.applyAsInt(s, c);
        if (target >= 0) {
          from[used] = s;
          link[used] = heads[target];
          heads[target] = used++;
        }
      }
    }
  }

  /** Calls back once for each edge into the state. */
  void forEach(int state, IntConsumer action) {
    for (int e = heads[state]; e >= 0; e = link[e]) {
      action.accept(from[e]);
    }
  }

  /** The fewest edges from each state to one of the targets; {@code MAX_VALUE} where none leads. */
  int[] distances(BitSet targets) {
    int[] distance = new int[heads.length];
    Arrays.fill(distance, Integer.MAX_VALUE);
    int[] queue = new int[heads.length];
    int tail = 0;
    for (int s = targets.nextSetBit(0); s >= 0; s = targets.nextSetBit(s + 1)) {
      distance[s] = 0;
      queue[tail++] = s;
    }
    for (int head = 0; head < tail; head++) {
      for (int e = heads[queue[head]]; e >= 0; e = link[e]) {
        if (distance[from[e]] == Integer.MAX_VALUE) {
          distance[from[e]] = distance[queue[head]] + 1;
          queue[tail++] = from[e];
        }
      }
    }
    return distance;
  }
}
