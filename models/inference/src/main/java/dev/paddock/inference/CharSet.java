package dev.paddock.inference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of Unicode scalar values, as sorted ranges that do not touch; surrogates are in none. */
record CharSet(List<Range> ranges) {
  record Range(int first, int last) {}

  private static final int MAX = Character.MAX_CODE_POINT;

  static final CharSet NONE = new CharSet(List.of());
  static final CharSet ALL = of(0, MAX);

  static CharSet of(int first, int last) {
    return normal(List.of(new Range(first, last)));
  }

  static CharSet ofChars(String chars) {
    return normal(chars.codePoints().mapToObj(c -> new Range(c, c)).toList());
  }

  static CharSet matching(IntPredicate predicate) {
    List<Range> found = new ArrayList<>();
    for (int c = 0; c <= MAX; c++) {
      if (predicate.test(c)) {
        int first = c;
        while (c < MAX && predicate.test(c + 1)) {
          c++;
        }
        found.add(new Range(first, c));
      }
    }
    return normal(found);
  }

  CharSet union(CharSet other) {
    List<Range> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return normal(all);
  }

  CharSet complement() {
    List<Range> gaps = new ArrayList<>();
    int from = 0;
    for (Range r : ranges) {
      if (r.first > from) {
        gaps.add(new Range(from, r.first - 1));
      }
      from = r.last + 1;
    }
    if (from <= MAX) {
      gaps.add(new Range(from, MAX));
    }
    return normal(gaps);
  }

  CharSet minus(CharSet other) {
    return complement().union(other).complement();
  }

  boolean contains(int c) {
    return ranges.stream().anyMatch(r -> r.first <= c && c <= r.last);
  }

  private static CharSet normal(List<Range> ranges) {
    List<Range> sorted = new ArrayList<>();
    for (Range r : ranges) {
      addWithoutSurrogates(sorted, r);
    }
    sorted.sort(Comparator.comparingInt(Range::first));
    List<Range> merged = new ArrayList<>();
    for (Range r : sorted) {
      Range before = merged.isEmpty() ? new Range(-9, -9) : merged.getLast();
      if (r.first <= before.last + 1) {
        merged.set(merged.size() - 1, new Range(before.first, Math.max(before.last, r.last)));
      } else {
        merged.add(r);
      }
    }
    return new CharSet(List.copyOf(merged));
  }

  private static void addWithoutSurrogates(List<Range> to, Range r) {
    if (r.first < Character.MIN_SURROGATE) {
      to.add(new Range(r.first, Math.min(r.last, Character.MIN_SURROGATE - 1)));
    }
    if (r.last > Character.MAX_SURROGATE) {
      to.add(new Range(Math.max(r.first, Character.MAX_SURROGATE + 1), r.last));
    }
  }
}
