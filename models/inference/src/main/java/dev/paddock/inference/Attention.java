package dev.paddock.inference;

import java.util.Arrays;
import java.util.List;

/**
 * Grouped-query attention over cached blocks. Of each block, layer and key-value head the cache
 * holds the keys as panels {@code [headSize][tokens]} and the values as panels {@code
 * [tokens][dimensions]}, each {@link Lanes#PANEL} wide, so that scores and sums are register tiles;
 * tokens that a query does not see are masked.
 */
final class Attention {
  private final int heads;
  private final int keyValueHeads;
  private final int headSize;
  private final int valueStride;
  private final float scale;
  private final Workers workers;
  private final Scratch[] scratch;

  Attention(int heads, int keyValueHeads, int headSize, Workers workers) {
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headSize = headSize;
    this.valueStride = Layouts.roundUp(headSize, 32);
    this.scale = (float) (1 / Math.sqrt(headSize));
    this.workers = workers;
    scratch = new Scratch[workers.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch(headSize, valueStride);
    }
  }

  /** Floats of one block for one layer. */
  long layerFloats() {
    return (long) keyValueHeads * headFloats();
  }

  private long headFloats() {
    return (long) Block.CELLS * (headSize + valueStride);
  }

  private long keys(int layer, int head) {
    return layer * layerFloats() + head * headFloats();
  }

  private long values(int layer, int head) {
    return keys(layer, head) + (long) Block.CELLS * headSize;
  }

  /** Writes the keys and values of a part's tokens, from row {@code firstRow} on, to its cells. */
  void store(Part part, int layer, Rows key, Rows value, int firstRow) {
    for (int i = 0; i < part.size(); i++) {
      Block block = part.blocks().get(part.blockOf(i));
      int cell = part.cellOf(i);
      for (int head = 0; head < keyValueHeads; head++) {
        int from = head * headSize;
        storeKey(block, keys(layer, head), cell, key.data, key.at(firstRow + i) + from);
        storeValue(block, values(layer, head), cell, value.data, value.at(firstRow + i) + from);
      }
    }
  }

  private void storeKey(Block block, long base, int cell, float[] key, int from) {
    long at = base + (long) cell / Lanes.PANEL * headSize * Lanes.PANEL + cell % Lanes.PANEL;
    for (int d = 0; d < headSize; d++) {
      block.data.set(Layouts.FLOAT, 4 * at + 4L * Lanes.PANEL * d, key[from + d]);
    }
  }

  private void storeValue(Block block, long base, int cell, float[] value, int from) {
    for (int d = 0; d < headSize; d++) {
      long at = base + ((long) d / Lanes.PANEL * Block.CELLS + cell) * Lanes.PANEL;
      block.data.set(Layouts.FLOAT, 4 * (at + d % Lanes.PANEL), value[from + d]);
    }
  }

  /** Attends from a part's tokens; query and output rows are {@code [heads][headSize]}. */
  void attend(Part part, int layer, Rows query, Rows output, int firstRow) {
    int group = heads / keyValueHeads;
    int tiles = Math.ceilDiv(part.size() * group, Gemm.TILE);
    workers.run(
        tiles * keyValueHeads,
        (item, worker) -> {
          int head = item % keyValueHeads;
          int row = item / keyValueHeads * Gemm.TILE;
          int rows = Math.min(Gemm.TILE, part.size() * group - row);
          tile(part, layer, head, row, rows, query, output, firstRow, scratch[worker]);
        });
  }

  /** A tile of up to six query rows; row {@code r} is token {@code r / group}. */
  private void tile(
      Part part,
      int layer,
      int head,
      int row,
      int rows,
      Rows query,
      Rows output,
      int firstRow,
      Scratch s) {
    int group = heads / keyValueHeads;
    int lastToken = (row + rows - 1) / group;
    int blocks = visibleBlocks(part, lastToken);
    s.reserve(blocks * Block.CELLS);
    for (int r = 0; r < rows; r++) {
      int at = query.at(firstRow + (row + r) / group) + queryHead(head, row + r) * headSize;
      for (int d = 0; d < headSize; d++) {
        s.query[r * headSize + d] = query.data[at + d] * scale;
      }
    }
    List<Block> all = part.blocks();
    for (int b = 0; b < blocks; b++) {
      for (int cell = 0; cell < Block.CELLS; cell += Lanes.PANEL) {
        Gemm.tile(
            s.query,
            0,
            headSize,
            all.get(b).data,
            keys(layer, head) + (long) cell * headSize,
            headSize,
            s.scores,
            b * Block.CELLS + cell,
            s.stride);
      }
      mask(part, b, row, rows, group, s);
    }
    for (int r = 0; r < rows; r++) {
      int at = r * s.stride;
      int n = blocks * Block.CELLS;
      float max = VectorMath.max(s.scores, at, n);
      s.scales[r] = (float) (1 / VectorMath.exponentiate(s.scores, at, n, max));
    }
    Arrays.fill(s.output, 0);
    for (int d = 0; d < valueStride; d += Lanes.PANEL) {
      for (int b = 0; b < blocks; b++) {
        Gemm.tile(
            s.scores,
            b * Block.CELLS,
            s.stride,
            all.get(b).data,
            values(layer, head) + (long) d * Block.CELLS,
            Block.CELLS,
            s.sum,
            0,
            Lanes.PANEL);
        Gemm.addTile(s.sum, 0, s.output, d, valueStride);
      }
    }
    for (int r = 0; r < rows; r++) {
      int at = output.at(firstRow + (row + r) / group) + queryHead(head, row + r) * headSize;
      for (int d = 0; d < headSize; d++) {
        output.data[at + d] = s.output[r * valueStride + d] * s.scales[r];
      }
    }
  }

  private int queryHead(int head, int row) {
    int group = heads / keyValueHeads;
    return head * group + row % group;
  }

  private static int visibleBlocks(Part part, int lastToken) {
    int blocks = part.blocks().size();
    while (part.oldCells(blocks - 1) == 0 && part.firstNew(blocks - 1) > lastToken) {
      blocks--;
    }
    return blocks;
  }

  private static void mask(Part part, int block, int row, int rows, int group, Scratch s) {
    int old = part.oldCells(block);
    if (old == Block.CELLS) {
      return;
    }
    int first = part.firstNew(block);
    for (int r = 0; r < rows; r++) {
      int token = (row + r) / group;
      int at = r * s.stride + block * Block.CELLS;
      for (int cell = old; cell < Block.CELLS; cell++) {
        int other = first + cell - old;
        if (other > token || !part.sees(token, other)) {
          s.scores[at + cell] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  private static final class Scratch {
    final float[] query;
    final float[] output;
    final float[] sum = new float[Gemm.TILE * Lanes.PANEL];
    final float[] scales = new float[Gemm.TILE];
    float[] scores = new float[0];
    int stride;

    Scratch(int headSize, int valueStride) {
      query = new float[Gemm.TILE * headSize];
      output = new float[Gemm.TILE * valueStride];
    }

    void reserve(int keys) {
      if (keys > stride) {
        stride = Layouts.roundUp(Math.max(keys, 2 * stride), 256);
        scores = new float[Gemm.TILE * stride];
      }
    }
  }
}
