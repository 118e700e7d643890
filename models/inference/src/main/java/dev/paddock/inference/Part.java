package dev.paddock.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * New tokens of one sequence in a batch. A chain follows the sequence and, once evaluated, belongs
 * to it. A tree's tokens each follow their parent (all of them see the sequence, their ancestors
 * and themselves) and are forgotten after the batch.
 */
public final class Part {
  private final Sequence sequence;
  private final int[] tokens;

  /** Index of the token before, -1 for the sequence's own end; empty for a chain. */
  private final int[] parents;

  private final int[] positions;
  private final List<Block> blocks = new ArrayList<>();
  private final int[] cells;

  /** Of each of the blocks, cells that belong to the sequence before this part. */
  private final List<Integer> old = new ArrayList<>();

  /** Of each of the blocks, the index of the token in its first new cell. */
  private final List<Integer> first = new ArrayList<>();

  private final List<Block> acquired = new ArrayList<>();

  private Part(Sequence sequence, int[] tokens, int[] parents) {
    this.sequence = sequence;
    this.tokens = tokens;
    this.parents = parents;
    positions = new int[tokens.length];
    cells = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      int parent = parent(i);
      if (parent >= i) {
        throw new IllegalArgumentException("token %d comes before its parent".formatted(i));
      }
      positions[i] = parent < 0 ? sequence.length() : positions[parent] + 1;
    }
  }

  public static Part chain(Sequence sequence, int... tokens) {
    return new Part(sequence, tokens, new int[0]);
  }

  /**
   * @param parents of each token, the index of the one before it, -1 for the sequence's end
   */
  public static Part tree(Sequence sequence, int[] tokens, int[] parents) {
    if (tokens.length != parents.length) {
      throw new IllegalArgumentException("a tree needs one parent for each token");
    }
    return new Part(sequence, tokens, parents);
  }

  public int size() {
    return tokens.length;
  }

  public int token(int i) {
    return tokens[i];
  }

  public int position(int i) {
    return positions[i];
  }

  Sequence sequence() {
    return sequence;
  }

  boolean isChain() {
    return parents.length == 0;
  }

  private int parent(int i) {
    return isChain() ? i - 1 : parents[i];
  }

  /** Whether token {@code i} follows token {@code j}, however many lie between, or is it. */
  boolean sees(int i, int j) {
    if (isChain()) {
      return j <= i;
    }
    int ancestor = i;
    while (ancestor > j) {
      ancestor = parents[ancestor];
    }
    return ancestor == j;
  }

  /** Blocks in the order of attention: the sequence's, then those of new tokens. */
  List<Block> blocks() {
    return blocks;
  }

  int oldCells(int block) {
    return old.get(block);
  }

  int firstNew(int block) {
    return first.get(block);
  }

  /** The block, by index, of a new token. */
  int blockOf(int i) {
    return cells[i] / Block.CELLS;
  }

  int cellOf(int i) {
    return cells[i] % Block.CELLS;
  }

  /** Finds a cell for every token. */
  void place() {
    for (int b = 0; b < sequence.blocks().size(); b++) {
      blocks.add(sequence.blocks().get(b));
      old.add(sequence.count(b));
      first.add(tokens.length);
    }
    int i = 0;
    int last = blocks.size() - 1;
    if (isChain() && last >= 0 && old.get(last) < Block.CELLS && isOpen(last)) {
      i = fill(last, 0, old.get(last));
    }
    while (i < tokens.length) {
      Block block = sequence.pool().acquire();
      acquired.add(block);
      blocks.add(block);
      old.add(0);
      first.add(i);
      i = fill(blocks.size() - 1, i, 0);
    }
  }

  /** Whether nobody else sees a cell after this sequence's last one. */
  private boolean isOpen(int block) {
    Block last = blocks.get(block);
    return last.holders == 1 || last.filled == old.get(block);
  }

  private int fill(int block, int from, int cell) {
    first.set(block, from);
    int end = Math.min(tokens.length, from + Block.CELLS - cell);
    for (int i = from; i < end; i++) {
      cells[i] = block * Block.CELLS + cell + i - from;
    }
    // taken at once, so that another fork in the same batch does not write to the same cells
    blocks.get(block).filled = cell + end - from;
    return end;
  }

  /** After the evaluation: a chain's tokens join the sequence, a tree's are let go. */
  void keep() {
    if (!isChain()) {
      drop();
      return;
    }
    for (int i = 0; i < tokens.length; i++) {
      sequence.append(blocks.get(blockOf(i)), cellOf(i) + 1);
    }
    sequence.append(tokens);
    acquired.clear();
  }

  void drop() {
    acquired.forEach(sequence.pool()::release);
    acquired.clear();
  }
}
