package dev.paddock.inference;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * For the states of terminals, which tokens of a trie stay in the terminal or end it; found once
 * for all states that no token tells apart.
 */
final class MaskTable {
  private static final int MAX_STATES = 512;

  /** What the tokens do from one state. */
  static final class Local {
    /** Tokens that stay in the terminal or end with it, if they are many. */
    final long[] bits;

    /** Those tokens, if they are few. */
    final int[] few;

    /** Nodes of the trie at which the terminal ends and some token goes on. */
    final int[] exits;

    /** The states there. */
    final int[] exitStates;

    private Local(long[] bits, int[] few, int[] exits, int[] exitStates) {
      this.bits = bits;
      this.few = few;
      this.exits = exits;
      this.exitStates = exitStates;
    }
  }

  private final TokenTrie trie;
  private final int words;
  private final Map<Terminal, Map<Long, Local>> tables =
      Collections.synchronizedMap(new WeakHashMap<>());

  MaskTable(TokenTrie trie, int words) {
    this.trie = trie;
    this.words = words;
  }

  TokenTrie trie() {
    return trie;
  }

  Local local(Terminal terminal, int state) {
    Map<Long, Local> table = tables.computeIfAbsent(terminal, t -> new ConcurrentHashMap<>());
    long key = terminal.maskKey(state, trie.longest());
    Local known = table.get(key);
    if (known == null) {
      known = walk(terminal, state);
      if (table.size() < MAX_STATES) {
        table.put(key, known);
      }
    }
    return known;
  }

  private Local walk(Terminal terminal, int start) {
    long[] bits = new long[words];
    int[] states = new int[trie.longest() + 1];
    IntStream.Builder exits = IntStream.builder();
    IntStream.Builder exitStates = IntStream.builder();
    states[0] = start;
    int node = 1;
    int size = trie.size();
    while (node < size) {
      int depth = trie.depth(node);
      int state = terminal.step(states[depth - 1], trie.at(node));
      if (state == Terminal.DEAD) {
        node = trie.end(node);
        continue;
      }
      states[depth] = state;
      trie.mark(node, bits);
      if (trie.end(node) > node + 1 && terminal.accepts(state)) {
        exits.add(node);
        exitStates.add(state);
      }
      node++;
    }
    int count = Arrays.stream(bits).mapToInt(Long::bitCount).sum();
    boolean dense = count > words;
    return new Local(
        dense ? bits : new long[0],
        dense ? new int[0] : list(bits, count),
        exits.build().toArray(),
        exitStates.build().toArray());
  }

  private static int[] list(long[] bits, int count) {
    int[] tokens = new int[count];
    int at = 0;
    for (int w = 0; w < bits.length; w++) {
      for (long left = bits[w]; left != 0; left &= left - 1) {
        tokens[at++] = w << 6 | Long.numberOfTrailingZeros(left);
      }
    }
    return tokens;
  }
}
