package dev.paddock.inference;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Some of the declared keys; a state is a node of their trie.
 *
 * @param wanted the key to aim at when the value is to be closed; -1 for the shortest
 */
record DeclaredKeys(KeyTrie trie, BitSet allowed, int wanted) implements Terminal {
  @Override
  public int start() {
    return 0;
  }

  @Override
  public int step(int state, int b) {
    int target = trie.step(state, (byte) b);
    return target < 0 || !leadsOn(target) ? DEAD : target;
  }

  /** Whether an allowed key goes through the node: the two sorted lists leap over each other. */
  private boolean leadsOn(int node) {
    int[] keys = trie.keys(node);
    int at = 0;
    while (at < keys.length) {
      int key = allowed.nextSetBit(keys[at]);
      if (key < 0) {
        return false;
      }
      at = Arrays.binarySearch(keys, at, keys.length, key);
      if (at >= 0) {
        return true;
      }
      at = -1 - at;
    }
    return false;
  }

  @Override
  public boolean accepts(int state) {
    int end = trie.end(state);
    return end >= 0 && allowed.get(end);
  }

  /** The key that ended here. */
  int key(int state) {
    return trie.end(state);
  }

  /** The key to close with from here; -1 if none is allowed. */
  int aimed(int state) {
    int best = -1;
    for (int key : trie.keys(state)) {
      if (allowed.get(key)) {
        if (key == wanted) {
          return key;
        }
        if (best < 0 || trie.length(key) < trie.length(best)) {
          best = key;
        }
      }
    }
    return best;
  }

  @Override
  public int closingStep(int state) {
    return trie.toward(state, aimed(state));
  }

  @Override
  public int distance(int state) {
    return trie.length(aimed(state)) - trie.depth(state);
  }
}
