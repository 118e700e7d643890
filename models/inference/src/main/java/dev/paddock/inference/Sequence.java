package dev.paddock.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tokens whose keys and values are in the cache. A fork holds the same blocks as its origin, so
 * branching from a prefix copies nothing; each fills its own further blocks.
 */
public final class Sequence implements AutoCloseable {
  private final BlockPool pool;
  private final List<Block> blocks = new ArrayList<>();

  /** Of each block, how many of its cells belong to this sequence. */
  private int[] counts = new int[8];

  private int[] tokens = new int[64];
  private int length;
  private boolean closed;

  Sequence(BlockPool pool) {
    this.pool = pool;
  }

  public int length() {
    return length;
  }

  public int token(int position) {
    return tokens[position];
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  List<Block> blocks() {
    return blocks;
  }

  int count(int block) {
    return counts[block];
  }

  BlockPool pool() {
    return pool;
  }

  /** Another sequence with the first {@code prefix} tokens of this one. */
  public Sequence fork(int prefix) {
    Sequence out = new Sequence(pool);
    int rest = prefix;
    for (int i = 0; rest > 0; i++) {
      int count = Math.min(rest, counts[i]);
      Block block = blocks.get(i);
      block.holders++;
      out.append(block, count);
      rest -= count;
    }
    out.tokens = Arrays.copyOf(tokens, Math.max(64, prefix));
    out.length = prefix;
    return out;
  }

  /** How many of the given tokens, from the first on, this sequence begins with. */
  public int commonPrefix(int[] other) {
    int mismatch = Arrays.mismatch(tokens, 0, length, other, 0, other.length);
    return mismatch < 0 ? length : mismatch;
  }

  /** Takes a block in, or more cells of the last one. */
  void append(Block block, int count) {
    int n = blocks.size();
    if (n > 0 && blocks.getLast() == block) {
      counts[n - 1] = count;
      return;
    }
    if (n == counts.length) {
      counts = Arrays.copyOf(counts, 2 * n);
    }
    counts[n] = count;
    blocks.add(block);
  }

  void append(int[] more) {
    if (length + more.length > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, length + more.length));
    }
    System.arraycopy(more, 0, tokens, length, more.length);
    length += more.length;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      blocks.forEach(pool::release);
      blocks.clear();
      length = 0;
    }
  }
}
