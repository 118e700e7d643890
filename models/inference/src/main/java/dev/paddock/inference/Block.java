package dev.paddock.inference;

import java.lang.foreign.MemorySegment;

/**
 * Cache memory for {@value #CELLS} tokens of all layers; what lies where in it is the
 * architecture's own affair. Several sequences may hold the same block.
 */
final class Block {
  static final int CELLS = 32;

  final MemorySegment data;

  /** Cells that some sequence has written. */
  int filled;

  /** Sequences that hold it. */
  int holders;

  Block(MemorySegment data) {
    this.data = data;
  }
}
