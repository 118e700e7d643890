package dev.paddock.inference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Sequences that are kept after their use, so that a later prompt which begins alike starts from
 * them. The one unused for longest goes first, when there are too many or memory is short. Not safe
 * for several threads at once.
 */
final class Residents {
  private final int limit;

  /** The longest unused first. */
  private final List<Sequence> kept = new ArrayList<>();

  Residents(BlockPool pool, int limit) {
    this.limit = limit;
    pool.onPressure(this::evict);
  }

  /** A sequence that begins like the tokens, as far as any kept one does; possibly empty. */
  Sequence take(int[] tokens, int most, Network network) {
    Sequence best = null;
    int length = 0;
    for (Sequence sequence : kept) {
      int common = Math.min(most, sequence.commonPrefix(tokens));
      if (common > length) {
        best = sequence;
        length = common;
      }
    }
    if (best == null) {
      return network.newSequence();
    }
    kept.remove(best);
    kept.add(best);
    return best.fork(length);
  }

  /** Keeps a fork of the sequence; those that are no more than a beginning of it go. */
  void keep(Sequence sequence) {
    int[] tokens = sequence.tokens();
    Iterator<Sequence> all = kept.iterator();
    while (all.hasNext()) {
      Sequence other = all.next();
      if (other.commonPrefix(tokens) == other.length()) {
        all.remove();
        other.close();
      }
    }
    kept.add(sequence.fork(sequence.length()));
    while (kept.size() > limit) {
      evict();
    }
  }

  private boolean evict() {
    if (kept.isEmpty()) {
      return false;
    }
    kept.removeFirst().close();
    return true;
  }

  void clear() {
    while (evict()) {}
  }
}
