package dev.paddock.inference;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary by their bytes. Nodes are numbered in depth-first order, so that a
 * subtree is a run of numbers and a walk is a loop; node 0 is the root.
 */
final class TokenTrie {
  private final int size;
  private final byte[] bytes;
  private final int[] depths;
  private final int[] ends;
  private final int[] parents;

  /** The first token that ends at a node, -1 if none; further ones by {@link #sameBytes}. */
  private final int[] tokens;

  private final int[] sameBytes;
  private final int longest;

  TokenTrie(TokenVocabulary vocabulary) {
    this(vocabulary, 1, Integer.MAX_VALUE);
  }

  /** Of the tokens with a length in bytes between two bounds. */
  TokenTrie(TokenVocabulary vocabulary, int least, int most) {
    List<Integer> order =
        IntStream.range(0, vocabulary.size())
            .filter(
                t ->
                    !vocabulary.special(t)
                        && vocabulary.bytes(t).length >= least
                        && vocabulary.bytes(t).length <= most)
            .boxed()
            .sorted(Comparator.comparing(vocabulary::bytes, Arrays::compareUnsigned))
            .toList();
    int capacity = 1 + order.stream().mapToInt(t -> vocabulary.bytes(t).length).sum();
    byte[] nodeBytes = new byte[capacity];
    int[] nodeDepths = new int[capacity];
    int[] nodeParents = new int[capacity];
    tokens = new int[capacity];
    sameBytes = new int[vocabulary.size()];
    Arrays.fill(tokens, -1);
    Arrays.fill(sameBytes, -1);
    longest = order.stream().mapToInt(t -> vocabulary.bytes(t).length).max().orElse(0);
    int[] path = new int[longest + 1];
    byte[] before = new byte[0];
    int count = 1;
    for (int token : order) {
      byte[] word = vocabulary.bytes(token);
      int common = Arrays.mismatch(before, word);
      common = common < 0 ? word.length : common;
      for (int d = common; d < word.length; d++) {
        nodeBytes[count] = word[d];
        nodeDepths[count] = d + 1;
        nodeParents[count] = path[d];
        path[d + 1] = count++;
      }
      int node = path[word.length];
      sameBytes[token] = tokens[node];
      tokens[node] = token;
      before = word;
    }
    size = count;
    bytes = Arrays.copyOf(nodeBytes, count);
    depths = Arrays.copyOf(nodeDepths, count);
    parents = Arrays.copyOf(nodeParents, count);
    ends = new int[count];
    for (int n = count - 1; n >= 0; n--) {
      ends[n] = Math.max(ends[n], n + 1);
      if (n > 0) {
        ends[parents[n]] = Math.max(ends[parents[n]], ends[n]);
      }
    }
  }

  int size() {
    return size;
  }

  int at(int node) {
    return bytes[node] & 0xff;
  }

  int depth(int node) {
    return depths[node];
  }

  int parent(int node) {
    return parents[node];
  }

  /** The number after the last node of the subtree. */
  int end(int node) {
    return ends[node];
  }

  int token(int node) {
    return tokens[node];
  }

  int sameBytes(int token) {
    return sameBytes[token];
  }

  /** The bytes of the longest token. */
  int longest() {
    return longest;
  }

  /** The child for a byte, -1 if there is none. */
  int child(int node, int b) {
    for (int n = node + 1; n < ends[node]; n = ends[n]) {
      if (at(n) == b) {
        return n;
      }
    }
    return -1;
  }

  /** Sets the bits of the tokens that end at the node. */
  void mark(int node, long[] bits) {
    for (int t = tokens[node]; t >= 0; t = sameBytes[t]) {
      bits[t >> 6] |= 1L << t;
    }
  }
}
