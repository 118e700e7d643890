package dev.paddock.extract;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which amounts are sums of two or more amounts that stand in a row before them. All amounts are in
 * hundredths.
 *
 * @param confirmed amounts that others add up to
 * @param superseded sums from which a later sum is reached, as a total is from a subtotal
 */
record Sums(Set<Long> confirmed, Set<Long> superseded) {
  /** Longer rows of amounts are not added up. */
  private static final int MAX_AMOUNTS = 2_000;

  /**
   * @param rows amounts in the order they stand in, each row one way to read the document
   */
  static Sums of(List<List<Long>> rows) {
    Sums sums = new Sums(new HashSet<>(), new HashSet<>());
    rows.forEach(sums::addUp);
    return sums;
  }

  private void addUp(List<Long> amounts) {
    int count = Math.min(amounts.size(), MAX_AMOUNTS);
    long[] upTo = new long[count + 1];
    for (int i = 0; i < count; i++) {
      upTo[i + 1] = upTo[i] + amounts.get(i);
    }
    for (int k = 2; k < count; k++) {
      if (amounts.get(k) > 0) {
        addUp(amounts, upTo, k);
      }
    }
  }

  /** Looks for a run before {@code k} that adds up to it. */
  private void addUp(List<Long> amounts, long[] upTo, int k) {
    long sum = amounts.get(k);
    Map<Long, Integer> starts = new HashMap<>();
    for (int end = 2; end <= k; end++) {
      starts.put(upTo[end - 2], end - 2);
      Integer start = starts.get(upTo[end] - sum);
      if (start != null) {
        confirmed.add(sum);
        long first = amounts.get(start);
        if (confirmed.contains(first) && first != sum) {
          superseded.add(first);
        }
      }
    }
  }
}
