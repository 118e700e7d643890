package dev.paddock.inference;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Hopcroft's partition refinement (1971). */
final class Minimizer {
  private final int[] elements;
  private final int[] position;
  private final int[] blockOf;
  private final int[] first;
  private final int[] end;
  private final int[] marked;
  private int blocks;

  private Minimizer(int states) {
    elements = new int[states];
    position = new int[states];
    blockOf = new int[states];
    first = new int[states];
    end = new int[states];
    marked = new int[states];
    Arrays.setAll(elements, i -> i);
    Arrays.setAll(position, i -> i);
    end[0] = states;
    blocks = 1;
  }

  /**
   * The coarsest partition that the language does not tell apart, as a block for each row; blocks
   * are numbered by their first state.
   */
  static int[] blocks(List<int[]> rows, int classes, BitSet accepting) {
    int n = rows.size();
    int sink = n;
    Minimizer m = new Minimizer(n + 1);
    Predecessors[] backwards = new Predecessors[classes];
    for (int c = 0; c < classes; c++) {
      int column = c;
      backwards[c] =
          new Predecessors(
              n + 1,
              1,
              (s, ignored) -> s == sink || rows.get(s)[column] < 0 ? sink : rows.get(s)[column]);
    }
    accepting.stream().forEach(m::mark);
    ArrayDeque<Integer> work = new ArrayDeque<>();
    work.add(0);
    m.split(0, work);
    work.clear();
    for (int b = 0; b < m.blocks; b++) {
      work.add(b);
    }
    BitSet touched = new BitSet();
    while (!work.isEmpty()) {
      int splitter = work.remove();
      int[] members = Arrays.copyOfRange(m.elements, m.first[splitter], m.end[splitter]);
      for (Predecessors backward : backwards) {
        for (int member : members) {
          backward.forEach(
              member,
              s -> {
                m.mark(s);
                touched.set(m.blockOf[s]);
              });
        }
        for (int b = touched.nextSetBit(0); b >= 0; b = touched.nextSetBit(b + 1)) {
          m.split(b, work);
        }
        touched.clear();
      }
    }
    return m.numbered(n);
  }

  private void mark(int state) {
    int block = blockOf[state];
    int border = first[block] + marked[block];
    int at = position[state];
    if (at >= border) {
      swap(at, border);
      marked[block]++;
    }
  }

  private void swap(int i, int j) {
    int x = elements[i];
    elements[i] = elements[j];
    elements[j] = x;
    position[elements[i]] = i;
    position[elements[j]] = j;
  }

  /** Parts the marked states from the others; the smaller part becomes a new block and work. */
  private void split(int block, ArrayDeque<Integer> work) {
    int count = marked[block];
    int size = end[block] - first[block];
    marked[block] = 0;
    if (count == 0 || count == size) {
      return;
    }
    int fresh = blocks++;
    int border = first[block] + count;
    if (count <= size - count) {
      first[fresh] = first[block];
      end[fresh] = border;
      first[block] = border;
    } else {
      first[fresh] = border;
      end[fresh] = end[block];
      end[block] = border;
    }
    for (int i = first[fresh]; i < end[fresh]; i++) {
      blockOf[elements[i]] = fresh;
    }
    work.add(fresh);
  }

  private int[] numbered(int states) {
    int[] number = new int[blocks];
    Arrays.fill(number, -1);
    int[] result = new int[states];
    int count = 0;
    for (int s = 0; s < states; s++) {
      if (number[blockOf[s]] < 0) {
        number[blockOf[s]] = count++;
      }
      result[s] = number[blockOf[s]];
    }
    return result;
  }
}
