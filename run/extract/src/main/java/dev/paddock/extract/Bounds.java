package dev.paddock.extract;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** The JSON Schema bounds of a property, held against a value's plain form. */
record Bounds(
    int minLength,
    int maxLength,
    Optional<BigDecimal> minimum,
    Optional<BigDecimal> maximum,
    Optional<Pattern> pattern) {
  static final Bounds NONE =
      new Bounds(0, Integer.MAX_VALUE, Optional.empty(), Optional.empty(), Optional.empty());

  boolean allow(String plain) {
    int length = plain.codePointCount(0, plain.length());
    return length >= minLength
        && length <= maxLength
        && pattern.map(p -> p.matcher(new BoundedText(plain)).find()).orElse(true)
        && minimum.map(least -> new BigDecimal(plain).compareTo(least) >= 0).orElse(true)
        && maximum.map(most -> new BigDecimal(plain).compareTo(most) <= 0).orElse(true);
  }
}
