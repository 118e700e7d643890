package dev.paddock.agent;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes such as {@code 512MiB}, {@code 100KB} or {@code 4096}. */
final class Sizes {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([KMGT]i?B|B)?");
  private static final Map<Character, Integer> POWERS = Map.of('K', 1, 'M', 2, 'G', 3, 'T', 4);

  private Sizes() {}

  /** Bytes; empty when it is no size or more than a long can count. */
  static Optional<Long> bytes(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return Optional.empty();
    }
    String unit = Optional.ofNullable(form.group(2)).orElse("B");
    long step = unit.contains("i") ? 1024 : 1000;
    int power = POWERS.getOrDefault(unit.charAt(0), 0);
    try {
      long bytes = Long.parseLong(form.group(1));
      for (int i = 0; i < power; i++) {
        bytes = Math.multiplyExact(bytes, step);
      }
      return Optional.of(bytes);
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }
}
