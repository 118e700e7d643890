package dev.paddock.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a language without some. A state is one of the language beside a node of the trie of
 * those words, node 0 once the text has left the trie.
 */
final class FreshWords implements Terminal {
  private final Dfa language;
  private final Used used;

  /** For each node: words that go through it; whether one ends; its children by byte. */
  private final List<int[]> nodes = new ArrayList<>();

  private static final int THROUGH = 256;
  private static final int ENDS = 257;

  FreshWords(Dfa language, Used used) {
    this.language = language;
    this.used = used;
    nodes.add(new int[ENDS + 1]);
    nodes.add(new int[ENDS + 1]);
    for (byte[] word : used.words()) {
      int at = 1;
      nodes.get(at)[THROUGH]++;
      for (byte b : word) {
        int next = nodes.get(at)[b & 0xff];
        if (next == 0) {
          next = nodes.size();
          nodes.get(at)[b & 0xff] = next;
          nodes.add(new int[ENDS + 1]);
        }
        at = next;
        nodes.get(at)[THROUGH]++;
      }
      nodes.get(at)[ENDS] = 1;
    }
  }

  @Override
  public int start() {
    return language.size() + language.start();
  }

  @Override
  public int step(int state, int b) {
    int target = language.step(state % language.size(), b);
    if (target == DEAD) {
      return DEAD;
    }
    int node = nodes.get(state / language.size())[b];
    if (node != 0) {
      int left = language.words(target);
      if (left < Dfa.MAX_COUNT && left <= nodes.get(node)[THROUGH]) {
        return DEAD;
      }
    }
    return node * language.size() + target;
  }

  @Override
  public boolean accepts(int state) {
    return language.accepts(state % language.size())
        && nodes.get(state / language.size())[ENDS] == 0;
  }

  @Override
  public boolean goesOn(int state) {
    for (int b = 0; b < 256; b++) {
      if (step(state, b) != DEAD) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int distance(int state) {
    int node = state / language.size();
    if (node == 0) {
      return language.distance(state % language.size());
    }
    if (accepts(state)) {
      return 0;
    }
    int best = Integer.MAX_VALUE;
    for (int b = 0; b < 256; b++) {
      int target = step(state, b);
      if (target != DEAD) {
        best = Math.min(best, 1 + distance(target));
      }
    }
    return best;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FreshWords f && language == f.language && used.equals(f.used);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(new int[] {System.identityHashCode(language), used.hashCode()});
  }
}
