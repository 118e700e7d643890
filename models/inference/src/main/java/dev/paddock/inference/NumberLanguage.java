package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sets of numbers as languages of their canonical spellings. */
final class NumberLanguage {
  private static final int MAX_DIVISOR = 10_000;
  private static final BigDecimal LARGE = BigDecimal.TEN.pow(CanonicalJson.INTEGER_DIGITS);
  private static final BigDecimal SMALL =
      BigDecimal.ONE.movePointLeft(CanonicalJson.FRACTION_DIGITS);
  private static final String LARGE_EXPONENT = "e\\+(19|[2-9]\\d|[12]\\d\\d)";
  private static final String SMALL_EXPONENT = "e-(1[6-9]|[2-9]\\d|[12]\\d\\d)";

  private NumberLanguage() {}

  record Bound(BigDecimal value, boolean exclusive) {}

  /** Numbers between two bounds; those with an exponent only where all of their kind fit. */
  static Dfa between(Optional<Bound> low, Optional<Bound> high) {
    Dfa plain = DfaBuilder.explore(new Between(low, high));
    boolean noLow = low.isEmpty();
    boolean noHigh = high.isEmpty();
    boolean lowFits = noLow || low.get().value().compareTo(LARGE) < 0;
    boolean highFits = noHigh || high.get().value().compareTo(LARGE.negate()) > 0;
    plain = noHigh && lowFits ? plain.union(exponents("", LARGE_EXPONENT)) : plain;
    plain = noLow && highFits ? plain.union(exponents("-", LARGE_EXPONENT)) : plain;
    boolean aboveZero =
        (noLow || low.get().value().signum() <= 0)
            && (noHigh || high.get().value().compareTo(SMALL) >= 0);
    boolean belowZero =
        (noHigh || high.get().value().signum() >= 0)
            && (noLow || low.get().value().compareTo(SMALL.negate()) <= 0);
    plain = aboveZero ? plain.union(exponents("", SMALL_EXPONENT)) : plain;
    return belowZero ? plain.union(exponents("-", SMALL_EXPONENT)) : plain;
  }

  private static Dfa exponents(String sign, String exponent) {
    return Regex.search("^" + sign + "[1-9](\\.\\d{0,13}[1-9])?" + exponent + "$");
  }

  /** Numbers with an exponent. */
  static Dfa exponents() {
    return Stream.of("", "-")
        .flatMap(sign -> Stream.of(LARGE_EXPONENT, SMALL_EXPONENT).map(e -> exponents(sign, e)))
        .reduce(Dfa.EMPTY, Dfa::union);
  }

  /** Whole numbers. */
  static Dfa integers() {
    return Regex.search("^(0|-?[1-9]\\d{0," + (CanonicalJson.INTEGER_DIGITS - 1) + "})$");
  }

  static Dfa multiplesOf(BigDecimal divisor) {
    BigDecimal plain = divisor.stripTrailingZeros();
    int scale = Math.max(plain.scale(), 0);
    BigInteger unscaled = plain.setScale(scale).unscaledValue();
    if (unscaled.compareTo(BigInteger.valueOf(MAX_DIVISOR)) > 0
        || scale > CanonicalJson.FRACTION_DIGITS) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "can be enforced up to " + MAX_DIVISOR + " steps of its last digit only");
    }
    return DfaBuilder.explore(new Multiples(unscaled.intValueExact(), scale));
  }

  private enum Part {
    SIGN,
    FIRST,
    ZERO,
    INTEGER,
    POINT,
    FRACTION
  }

  /**
   * @param length digits before the point, then after it
   * @param whole digits before the point, once it was read
   * @param low how the digits so far compare with the first digits of the bound's magnitude
   * @param padded the last digit is a zero of the fraction
   */
  private record Position(
      Part part,
      boolean negative,
      int length,
      int whole,
      int low,
      int high,
      boolean zero,
      boolean padded) {}

  private record Between(Optional<Bound> low, Optional<Bound> high)
      implements DfaBuilder.Machine<Position> {
    @Override
    public Alphabet alphabet() {
      return digits();
    }

    @Override
    public Position start() {
      return new Position(Part.SIGN, false, 0, 0, 0, 0, true, false);
    }

    @Override
    public @Nullable Position step(Position p, int b) {
      if (b == '-') {
        return p.part == Part.SIGN ? new Position(Part.FIRST, true, 0, 0, 0, 0, true, false) : null;
      }
      if (b == '.') {
        return p.part == Part.ZERO || p.part == Part.INTEGER
            ? new Position(
                Part.POINT,
                p.negative,
                0,
                p.part == Part.ZERO ? 0 : p.length,
                settled(low, p.low, p),
                settled(high, p.high, p),
                p.zero,
                false)
            : null;
      }
      if (b < '0' || b > '9') {
        return null;
      }
      boolean zero = p.zero && b == '0';
      return switch (p.part) {
        case SIGN, FIRST -> digit(b == '0' ? Part.ZERO : Part.INTEGER, p, 0, b, zero, false);
        case ZERO -> null;
        case INTEGER ->
            p.length == CanonicalJson.INTEGER_DIGITS
                ? null
                : digit(Part.INTEGER, p, p.length, b, zero, false);
        case POINT, FRACTION ->
            p.length + p.whole >= CanonicalJson.FRACTION_DIGITS
                ? null
                : digit(Part.FRACTION, p, p.length, b, zero, b == '0');
      };
    }

    private Position digit(Part part, Position p, int index, int b, boolean zero, boolean padded) {
      return new Position(
          part,
          p.negative,
          index + 1,
          p.whole,
          compared(low, p.low, part, index, b),
          compared(high, p.high, part, index, b),
          zero,
          padded);
    }

    private static int compared(Optional<Bound> bound, int before, Part part, int index, int b) {
      if (before != 0 || bound.isEmpty()) {
        return before;
      }
      String digits =
          part == Part.FRACTION ? fraction(bound.get().value()) : integer(bound.get().value());
      int other = index < digits.length() ? digits.charAt(index) : '0';
      return Integer.compare(b, other);
    }

    /** The comparison of the whole integer part: the longer one is larger. */
    private static int settled(Optional<Bound> bound, int before, Position p) {
      if (bound.isEmpty()) {
        return 0;
      }
      int longer = Integer.compare(p.length, integer(bound.get().value()).length());
      return longer != 0 ? longer : before;
    }

    @Override
    public boolean accepts(Position p) {
      boolean whole =
          p.part == Part.ZERO || p.part == Part.INTEGER || p.part == Part.FRACTION && !p.padded;
      if (!whole || p.negative && p.zero) {
        return false;
      }
      if (low.isPresent()) {
        int c = against(low.get(), p.low, p);
        if (c < 0 || c == 0 && low.get().exclusive()) {
          return false;
        }
      }
      if (high.isPresent()) {
        int c = against(high.get(), p.high, p);
        return c < 0 || c == 0 && !high.get().exclusive();
      }
      return true;
    }

    /** How the number compares with the bound. */
    private static int against(Bound bound, int compared, Position p) {
      int sign = p.zero ? 0 : p.negative ? -1 : 1;
      if (sign != bound.value().signum()) {
        return Integer.compare(sign, bound.value().signum());
      }
      int magnitude = p.part == Part.FRACTION ? compared : settled(Optional.of(bound), compared, p);
      String rest = fraction(bound.value());
      int read = p.part == Part.FRACTION ? p.length : 0;
      if (magnitude == 0 && read < rest.length()) {
        magnitude = -1;
      }
      return sign * magnitude;
    }
  }

  private static String integer(BigDecimal value) {
    return value.abs().toBigInteger().toString();
  }

  private static String fraction(BigDecimal value) {
    String plain = value.abs().stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0 ? "" : plain.substring(point + 1);
  }

  private static Alphabet digits() {
    int[] columns = new int[256];
    for (int b = '0'; b <= '9'; b++) {
      columns[b] = b;
    }
    columns['-'] = '-';
    columns['.'] = '.';
    return Alphabet.ofColumns(columns);
  }

  /**
   * @param length of the fraction; the remainder is that of the digits so far as a whole number
   */
  private record Remainder(Part part, int length, int value) {}

  private record Multiples(int divisor, int scale) implements DfaBuilder.Machine<Remainder> {
    @Override
    public Alphabet alphabet() {
      return digits();
    }

    @Override
    public Remainder start() {
      return new Remainder(Part.SIGN, 0, 0);
    }

    @Override
    public @Nullable Remainder step(Remainder r, int b) {
      if (b == '-') {
        return r.part == Part.SIGN ? new Remainder(Part.FIRST, 0, 0) : null;
      }
      if (b == '.') {
        return r.part == Part.INTEGER && scale > 0 ? new Remainder(Part.POINT, 0, r.value) : null;
      }
      if (b < '0' || b > '9' || r.length >= scale && r.part == Part.FRACTION) {
        return null;
      }
      int value = (int) ((r.value * 10L + b - '0') % divisor);
      return switch (r.part) {
        case SIGN, FIRST, INTEGER, ZERO -> new Remainder(Part.INTEGER, 0, value);
        case POINT, FRACTION -> new Remainder(Part.FRACTION, r.length + 1, value);
      };
    }

    @Override
    public boolean accepts(Remainder r) {
      if (r.part != Part.INTEGER && r.part != Part.FRACTION) {
        return false;
      }
      BigInteger shift = BigInteger.TEN.pow(scale - r.length);
      return BigInteger.valueOf(r.value).multiply(shift).mod(BigInteger.valueOf(divisor)).signum()
          == 0;
    }
  }
}
