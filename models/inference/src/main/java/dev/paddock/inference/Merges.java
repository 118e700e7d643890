package dev.paddock.inference;

import java.util.Arrays;

/**
 * Byte-pair merging: of all neighbours the pair of the lowest rank is joined until none is left, in
 * {@code n log n} steps for a piece of {@code n} bytes.
 */
final class Merges {
  private static final long NONE = -1;

  private final long[] keys;

  /** Rank in the upper half, the joined token in the lower. */
  private final long[] values;

  Merges(int expected) {
    int size = Math.max(16, Integer.highestOneBit(Math.max(1, expected)) << 2);
    keys = new long[size];
    values = new long[size];
    Arrays.fill(keys, NONE);
  }

  void put(int left, int right, int rank, int joined) {
    long key = (long) left << 32 | right;
    int slot = slot(key);
    if (keys[slot] == NONE) {
      keys[slot] = key;
      values[slot] = (long) rank << 32 | joined;
    }
  }

  private int slot(long key) {
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & (keys.length - 1);
    while (keys[slot] != NONE && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private long get(int left, int right) {
    int slot = slot((long) left << 32 | right);
    return keys[slot] == NONE ? NONE : values[slot];
  }

  /** Joins in place and returns how many tokens are left at the front. */
  int apply(int[] tokens, int n) {
    int[] next = new int[n];
    int[] previous = new int[n];
    Heap heap = new Heap(n);
    for (int i = 0; i < n; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (int i = 0; i + 1 < n; i++) {
      offer(heap, tokens, i, i + 1);
    }
    while (!heap.isEmpty()) {
      long entry = heap.poll();
      int left = (int) entry;
      int right = tokens[left] < 0 ? n : next[left];
      long found = right < n ? get(tokens[left], tokens[right]) : NONE;
      if (found == NONE || found >>> 32 != entry >>> 32) {
        continue;
      }
      tokens[left] = (int) found;
      tokens[right] = -1;
      next[left] = next[right];
      if (next[left] < n) {
        previous[next[left]] = left;
        offer(heap, tokens, left, next[left]);
      }
      if (previous[left] >= 0) {
        offer(heap, tokens, previous[left], left);
      }
    }
    int out = 0;
    for (int i = 0; i < n; i = next[i]) {
      tokens[out++] = tokens[i];
    }
    return out;
  }

  private void offer(Heap heap, int[] tokens, int left, int right) {
    long found = get(tokens[left], tokens[right]);
    if (found != NONE) {
      heap.add(found >>> 32 << 32 | left);
    }
  }

  /** The smallest of primitive longs first; equal ranks go from left to right. */
  private static final class Heap {
    private long[] entries;
    private int size;

    Heap(int capacity) {
      entries = new long[Math.max(4, capacity)];
    }

    boolean isEmpty() {
      return size == 0;
    }

    void add(long entry) {
      if (size == entries.length) {
        entries = Arrays.copyOf(entries, 2 * size);
      }
      int at = size++;
      while (at > 0 && entries[(at - 1) / 2] > entry) {
        entries[at] = entries[(at - 1) / 2];
        at = (at - 1) / 2;
      }
      entries[at] = entry;
    }

    long poll() {
      long first = entries[0];
      long moved = entries[--size];
      int at = 0;
      while (true) {
        int child = 2 * at + 1;
        if (child >= size) {
          break;
        }
        if (child + 1 < size && entries[child + 1] < entries[child]) {
          child++;
        }
        if (entries[child] >= moved) {
          break;
        }
        entries[at] = entries[child];
        at = child;
      }
      entries[at] = moved;
      return first;
    }
  }
}
