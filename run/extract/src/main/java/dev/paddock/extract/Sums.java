package dev.paddock.extract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which amounts of a document are the sum of two or more amounts that stand right in a row before.
 */
final class Sums {
  private Sums() {}

  /**
   * An amount in hundredths, negative where it is taken off.
   *
   * @param counted as it counts in a sum
   */
  record Amount(Span span, long counted) {}

  static Set<Span> confirmed(List<Amount> amounts) {
    Set<Span> confirmed = new HashSet<>();
    long[] upTo = new long[amounts.size() + 1];
    for (int i = 0; i < amounts.size(); i++) {
      upTo[i + 1] = upTo[i] + amounts.get(i).counted();
    }
    for (int k = 2; k < amounts.size(); k++) {
      long value = amounts.get(k).counted();
      if (value > 0 && isSum(upTo, k, value)) {
        confirmed.add(amounts.get(k).span());
      }
    }
    return confirmed;
  }

  private static boolean isSum(long[] upTo, int k, long value) {
    Map<Long, Integer> starts = new HashMap<>();
    for (int end = 2; end <= k; end++) {
      starts.putIfAbsent(upTo[end - 2], end - 2);
      if (starts.containsKey(upTo[end] - value)) {
        return true;
      }
    }
    return false;
  }

  /** The amounts at {@code spans}; a dash before one takes it off. */
  static List<Amount> amounts(DocumentText document, MoneyFormat format, List<Span> spans) {
    List<Amount> amounts = new ArrayList<>();
    for (Span span : spans.stream().sorted().toList()) {
      format
          .normalise(document.slice(span))
          .map(plain -> new BigDecimal(plain).movePointRight(2).longValueExact())
          .map(cents -> dashBefore(document.text(), span.start()) ? -Math.abs(cents) : cents)
          .ifPresent(counted -> amounts.add(new Amount(span, counted)));
    }
    return amounts;
  }

  private static boolean dashBefore(String text, int start) {
    int at = start - 1;
    int least = Math.max(0, start - 5);
    while (at >= least && !Character.isDigit(text.charAt(at)) && text.charAt(at) != '\n') {
      if (text.charAt(at) == '-' || text.charAt(at) == '−') {
        return true;
      }
      at--;
    }
    return false;
  }
}
