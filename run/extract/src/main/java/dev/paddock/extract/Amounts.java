package dev.paddock.extract;

import dev.paddock.extract.Field.Effect;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How the amounts of a document hang together, read in order and down the last of each line. */
final class Amounts {
  private static final int MAX_ADDED = 4;

  private final List<Amount> amounts = new ArrayList<>();
  private final Sums sums;

  /**
   * An amount in hundredths.
   *
   * @param counted as it counts in a sum by the signs printed, negative where it is taken off
   * @param effect what the words beside it say that it does, where they name a decoy
   */
  private record Amount(int line, long value, long counted, Optional<Effect> effect) {
    boolean isTakenOff() {
      return value < 0 || effect.equals(Optional.of(Effect.SUBTRACTED));
    }

    long countedByWords() {
      return isTakenOff() ? -Math.abs(value) : counted;
    }

    /** It may be a total or change one: no words say that it is tax, cash or the like. */
    boolean isOpen() {
      return !effect.equals(Optional.of(Effect.NONE));
    }
  }

  Amounts(
      DocumentText document,
      List<Occurrence> occurrences,
      Function<Span, Optional<Effect>> effects) {
    for (Occurrence occurrence : occurrences) {
      int start = occurrence.span().start();
      long value = hundredths(occurrence.plain());
      long counted = dashBefore(document.text(), start) ? -Math.abs(value) : value;
      amounts.add(
          new Amount(document.lineOf(start), value, counted, effects.apply(occurrence.span())));
    }
    List<Amount> last = lastOfEachLine();
    this.sums =
        Sums.of(
            List.of(
                row(amounts, Amount::counted),
                row(last, Amount::counted),
                row(amounts, Amount::countedByWords),
                row(last, Amount::countedByWords)));
  }

  private static List<Long> row(List<Amount> amounts, Function<Amount, Long> counted) {
    return amounts.stream().map(counted).filter(value -> value != 0).toList();
  }

  private List<Amount> lastOfEachLine() {
    List<Amount> last = new ArrayList<>();
    for (Amount amount : amounts) {
      if (!last.isEmpty() && last.getLast().line() == amount.line()) {
        last.removeLast();
      }
      last.add(amount);
    }
    return last;
  }

  /** 1 for a sum, -2 for one from which a later sum is reached, else 0. */
  int sign(String plain) {
    long value = hundredths(plain);
    return sums.superseded().contains(value) ? -2 : sums.confirmed().contains(value) ? 1 : 0;
  }

  /** Other amounts add up to it and no later sum is reached from it. */
  boolean isSum(String plain) {
    return sign(plain) > 0;
  }

  /** Why a total of {@code plain} may be wrong. */
  Optional<String> doubt(String plain) {
    long total = hundredths(plain);
    if (isContested(total)) {
      return Optional.of("other amounts may change it");
    }
    if (isSum(plain)) {
      return Optional.empty();
    }
    return isReduced(total)
        ? Optional.of("something is taken off after it")
        : expected(total).map(sum -> "the amounts before it add up to " + sum);
  }

  /**
   * Whether amounts after a total make another out of it, or part it, and no words explain them.
   */
  private boolean isContested(long total) {
    Map<Long, Boolean> all = new HashMap<>();
    Map<Long, Boolean> after = new HashMap<>();
    boolean seen = false;
    for (Amount amount : amounts) {
      all.merge(amount.value(), amount.isOpen(), Boolean::logicalAnd);
      if (seen && amount.value() != total) {
        after.merge(amount.value(), amount.isOpen(), Boolean::logicalAnd);
      }
      seen |= amount.value() == total;
    }
    boolean changed =
        after.entrySet().stream()
            .filter(entry -> entry.getValue() && entry.getKey() > 0)
            .anyMatch(
                entry ->
                    isOpen(after, total - entry.getKey()) || isOpen(after, total + entry.getKey()));
    return changed
        || after.keySet().stream().anyMatch(value -> value < 0 && isOpen(all, total + value));
  }

  private static boolean isOpen(Map<Long, Boolean> amounts, long value) {
    return amounts.getOrDefault(value, false);
  }

  /** Whether something is taken off after the last place of a total. */
  private boolean isReduced(long total) {
    boolean reduced = false;
    for (Amount amount : amounts) {
      reduced = amount.value() != total && (reduced || amount.isTakenOff());
    }
    return reduced;
  }

  /** What the lines before a total add up to, from the last sum on, where that is another value. */
  private Optional<String> expected(long total) {
    long sum = 0;
    int added = -1;
    for (Amount amount : lastOfEachLine()) {
      if (amount.value() == total) {
        break;
      }
      if (sums.confirmed().contains(amount.value())) {
        sum = amount.value();
        added = 0;
      } else if (added >= 0) {
        sum += amount.countedByWords();
        added++;
      }
    }
    boolean differs = added > 0 && added <= MAX_ADDED && sum != total;
    return differs ? Optional.of(BigDecimal.valueOf(sum, 2).toPlainString()) : Optional.empty();
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
