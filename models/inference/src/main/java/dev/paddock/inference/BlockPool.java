package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/**
 * The memory of all sequences of one model, bounded. Blocks that nothing holds are kept for the
 * next sequence. Not safe for several threads at once.
 */
final class BlockPool {
  private final long blockBytes;
  private final int limit;
  private final ArrayDeque<Block> free = new ArrayDeque<>();
  private int made;
  private BooleanSupplier reclaim = () -> false;

  BlockPool(long blockBytes, long limitBytes) {
    this.blockBytes = blockBytes;
    this.limit = Math.clamp(limitBytes / blockBytes, 1, Integer.MAX_VALUE);
  }

  /** Sets what frees a sequence that can be done without; false when there is none. */
  void onPressure(BooleanSupplier action) {
    reclaim = action;
  }

  Block acquire() {
    while (free.isEmpty() && made >= limit) {
      if (!reclaim.getAsBoolean()) {
        throw new ModelException(
            ErrorCode.LIMIT_EXCEEDED,
            "the model's cache of %d MiB is full; shorten the prompt or raise the cache's limit"
                .formatted(limit * blockBytes >> 20));
      }
    }
    Block block = free.poll();
    if (block == null) {
      block = new Block(Matrix.allocate(blockBytes));
      made++;
    }
    block.filled = 0;
    block.holders = 1;
    return block;
  }

  void release(Block block) {
    if (--block.holders == 0) {
      free.push(block);
    }
  }

  /** Tokens that fit in all. */
  long capacity() {
    return (long) limit * Block.CELLS;
  }

  long usedBytes() {
    return (made - free.size()) * blockBytes;
  }
}
