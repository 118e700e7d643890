package dev.paddock.inference;

import java.util.HashMap;
import java.util.Map;

/**
 * Continuations of one sequence as a trie, in the order that a {@link Part} wants: each token after
 * its parent.
 */
final class TokenTree {
  static final int ROOT = -1;

  private final IntBuffer tokens = new IntBuffer();
  private final IntBuffer parents = new IntBuffer();
  private final Map<Long, Integer> children = new HashMap<>();

  int size() {
    return tokens.size();
  }

  /** The child of a node with this token, made if there is none. */
  int child(int parent, int token) {
    long key = (long) parent << 32 | token;
    Integer known = children.get(key);
    if (known != null) {
      return known;
    }
    int node = tokens.size();
    tokens.add(token);
    parents.add(parent);
    children.put(key, node);
    return node;
  }

  int[] tokens() {
    return tokens.toArray();
  }

  int[] parents() {
    return parents.toArray();
  }
}
