package dev.paddock.extract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which amounts of a document are sums of two or more amounts that stand in a row before them, read
 * in the order of the text and down the last amount of each line.
 *
 * <p>All amounts are in hundredths.
 *
 * @param confirmed amounts that others add up to
 * @param superseded sums from which a later sum is reached, as a total is from a subtotal
 */
record Sums(Set<Long> confirmed, Set<Long> superseded) {
  static final Sums NONE = new Sums(Set.of(), Set.of());

  /** Longer rows of amounts are not added up. */
  private static final int MAX_AMOUNTS = 2_000;

  /** An amount, negative where it is taken off. */
  private record Amount(int line, long value) {
    Amount takenOff() {
      return new Amount(line, -Math.abs(value));
    }
  }

  /**
   * @param subtracted whether the words beside an amount say that it is taken off
   */
  static Sums of(DocumentText document, List<Occurrence> amounts, Predicate<Span> subtracted) {
    List<Amount> printed = new ArrayList<>();
    List<Amount> worded = new ArrayList<>();
    for (Occurrence occurrence : amounts) {
      Span span = occurrence.span();
      Amount amount = new Amount(document.lineOf(span.start()), hundredths(occurrence.plain()));
      if (amount.value() != 0) {
        Amount dashed = dashBefore(document.text(), span.start()) ? amount.takenOff() : amount;
        printed.add(dashed);
        worded.add(subtracted.test(span) ? amount.takenOff() : dashed);
      }
    }
    Sums sums = new Sums(new HashSet<>(), new HashSet<>());
    for (List<Amount> row : List.of(printed, worded)) {
      sums.addUp(row);
      sums.addUp(lastOfEachLine(row));
    }
    return sums;
  }

  boolean isFinal(String plain) {
    return sign(plain) > 0;
  }

  /** 1 for a sum, -2 for one from which a later sum is reached, else 0. */
  int sign(String plain) {
    if (confirmed.isEmpty()) {
      return 0;
    }
    long value = hundredths(plain);
    return superseded.contains(value) ? -2 : confirmed.contains(value) ? 1 : 0;
  }

  private static List<Amount> lastOfEachLine(List<Amount> amounts) {
    List<Amount> last = new ArrayList<>();
    for (Amount amount : amounts) {
      if (!last.isEmpty() && last.getLast().line() == amount.line()) {
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
      if (amounts.get(k).value() > 0) {
        addUp(amounts, upTo, k);
      }
    }
  }

  /** Looks for a run before {@code k} that adds up to it. */
  private void addUp(List<Amount> amounts, long[] upTo, int k) {
    long sum = amounts.get(k).value();
    Map<Long, Integer> starts = new HashMap<>();
    for (int end = 2; end <= k; end++) {
      starts.put(upTo[end - 2], end - 2);
      Integer start = starts.get(upTo[end] - sum);
      if (start != null) {
        confirmed.add(sum);
        long first = amounts.get(start).value();
        if (confirmed.contains(first) && first != sum) {
          superseded.add(first);
        }
      }
    }
  }

  /** From an amount's plain form, which always has two decimals. */
  private static long hundredths(String plain) {
    return Long.parseLong(plain.replace(".", ""));
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
