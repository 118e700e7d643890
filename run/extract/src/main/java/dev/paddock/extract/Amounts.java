package dev.paddock.extract;

import dev.paddock.extract.Field.Effect;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

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

    boolean changesTotal() {
      return isTakenOff() || effect.equals(Optional.of(Effect.ADDED));
    }

    boolean isUnnamed() {
      return effect.isEmpty();
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
    if (isExceeded(total)) {
      return Optional.of("a larger amount may be the one");
    }
    if (isSum(plain)) {
      return Optional.empty();
    }
    return isReduced(total)
        ? Optional.of("something is taken off after it")
        : expected(total).map(sum -> "the amounts before it add up to " + sum);
  }

  /**
   * Whether an amount after a total makes another printed amount out of it: one that is said to be
   * added or taken off, or one that no words explain as tax, cash or the like.
   */
  private boolean isContested(long total) {
    Set<Long> all = amounts.stream().map(Amount::value).collect(Collectors.toSet());
    List<Amount> after =
        amounts.stream().dropWhile(amount -> amount.value() != total).skip(1).toList();
    Set<Long> open =
        after.stream().filter(Amount::isOpen).map(Amount::value).collect(Collectors.toSet());
    for (Amount amount : after) {
      long size = Math.abs(amount.value());
      Set<Long> results = amount.changesTotal() ? all : amount.isOpen() ? open : Set.of();
      boolean less = results.contains(total - size) && total != size;
      if (amount.value() != total && (less || results.contains(total + size))) {
        return true;
      }
    }
    return isUsedUp(total, after, open);
  }

  /** Whether the amounts right after a total, taken off one by one, leave a printed amount. */
  private static boolean isUsedUp(long total, List<Amount> after, Set<Long> open) {
    long left = total;
    for (Amount amount : after.stream().takeWhile(Amount::isOpen).toList()) {
      left -= Math.abs(amount.value());
      if (left > 0 && left != Math.abs(amount.value()) && open.contains(left)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an amount that no words explain is larger than a total and all it was reached from. */
  private boolean isExceeded(long total) {
    long largest = sums.superseded().stream().mapToLong(Long::longValue).reduce(total, Math::max);
    return amounts.stream().anyMatch(amount -> amount.isUnnamed() && amount.value() > largest);
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
