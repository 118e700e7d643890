package dev.paddock.extract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which amounts of a document are sums of two or more amounts that stand in a row before them, read
 * in the order of the text and down the last amount of each line.
 *
 * @param confirmed amounts that others add up to
 * @param superseded sums from which a later sum is reached, as a total is from a subtotal
 */
record Sums(Set<Span> confirmed, Set<Span> superseded) {
  static final Sums NONE = new Sums(Set.of(), Set.of());

  /** Longer rows of amounts are not added up. */
  private static final int MAX_AMOUNTS = 2_000;

  /** An amount in hundredths, negative where it is taken off. */
  private record Amount(Span span, long value) {}

  /**
   * @param subtracted whether the words beside an amount say that it is taken off
   */
  static Sums of(
      DocumentText document, MoneyFormat format, List<Span> spans, Predicate<Span> subtracted) {
    List<Amount> printed = new ArrayList<>();
    List<Amount> signed = new ArrayList<>();
    for (Span span : spans.stream().sorted().toList()) {
      Optional<BigDecimal> value = format.normalise(document.slice(span)).map(BigDecimal::new);
      if (value.isPresent() && value.get().signum() != 0) {
        long cents = value.get().movePointRight(2).longValueExact();
        long dashed = dashBefore(document.text(), span.start()) ? -Math.abs(cents) : cents;
        printed.add(new Amount(span, dashed));
        signed.add(new Amount(span, subtracted.test(span) ? -Math.abs(cents) : dashed));
      }
    }
    Sums sums = new Sums(new HashSet<>(), new HashSet<>());
    for (List<Amount> row : List.of(printed, signed)) {
      sums.addUp(row);
      sums.addUp(lastOfEachLine(document, row));
    }
    return sums;
  }

  private static List<Amount> lastOfEachLine(DocumentText document, List<Amount> amounts) {
    List<Amount> last = new ArrayList<>();
    for (Amount amount : amounts) {
      int line = document.lineOf(amount.span().start());
      if (!last.isEmpty() && document.lineOf(last.getLast().span().start()) == line) {
        last.removeLast();
      }
      last.add(amount);
    }
    return last;
  }

  private void addUp(List<Amount> amounts) {
    int count = Math.min(amounts.size(), MAX_AMOUNTS);
    long[] upTo = new long[count + 1];
    for (int i = 0; i < count; i++) {
      upTo[i + 1] = upTo[i] + amounts.get(i).value();
    }
    for (int k = 2; k < count; k++) {
      Amount sum = amounts.get(k);
      if (sum.value() > 0) {
        addUp(amounts, upTo, k, sum);
      }
    }
  }

  private void addUp(List<Amount> amounts, long[] upTo, int k, Amount sum) {
    Map<Long, Integer> starts = new HashMap<>();
    for (int end = 2; end <= k; end++) {
      starts.put(upTo[end - 2], end - 2);
      Integer start = starts.get(upTo[end] - sum.value());
      if (start != null) {
        confirmed.add(sum.span());
        Amount first = amounts.get(start);
        if (confirmed.contains(first.span()) && first.value() != sum.value()) {
          superseded.add(first.span());
        }
      }
    }
  }

  private static boolean dashBefore(String text, int start) {
    for (int at = start - 1; at >= Math.max(0, start - 5); at--) {
      char c = text.charAt(at);
      if (c == '-' || c == '−') {
        return true;
      }
      if (Character.isDigit(c) || c == '\n') {
        return false;
      }
    }
    return false;
  }
}
