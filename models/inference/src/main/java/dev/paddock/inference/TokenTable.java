package dev.paddock.inference;

import java.util.Arrays;
import java.util.List;

/** Finds a token by its bytes. Of two tokens with the same bytes the first one is found. */
final class TokenTable {
  private final List<byte[]> tokens;
  private final int[] slots;

  TokenTable(List<byte[]> tokens) {
    this.tokens = tokens;
    slots = new int[Math.max(16, Integer.highestOneBit(tokens.size()) << 2)];
    Arrays.fill(slots, -1);
    for (int id = 0; id < tokens.size(); id++) {
      byte[] bytes = tokens.get(id);
      int slot = slot(bytes, 0, bytes.length);
      if (slots[slot] < 0) {
        slots[slot] = id;
      }
    }
  }

  /** The token with these bytes, or -1. */
  int find(byte[] bytes) {
    return find(bytes, 0, bytes.length);
  }

  int find(byte[] bytes, int from, int to) {
    return slots[slot(bytes, from, to)];
  }

  private int slot(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    int slot = (hash ^ hash >>> 15) & (slots.length - 1);
    while (slots[slot] >= 0) {
      byte[] other = tokens.get(slots[slot]);
      if (Arrays.equals(other, 0, other.length, bytes, from, to)) {
        return slot;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
