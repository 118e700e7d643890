package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The automata beside arithmetic. */
final class NumberLanguageTest {
  private final Random random = new Random(17);

  private BigDecimal number() {
    int scale = random.nextInt(4);
    int size = random.nextInt(1, 5);
    long unscaled = random.nextLong((long) Math.pow(10, size));
    return BigDecimal.valueOf(random.nextBoolean() ? unscaled : -unscaled, scale);
  }

  private static boolean matches(Dfa language, BigDecimal value) {
    return language.matches(CanonicalJson.number(value).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void boundsAgreeWithComparison() {
    for (int i = 0; i < 60; i++) {
      BigDecimal low = number();
      BigDecimal high = number();
      boolean openLow = random.nextBoolean();
      boolean openHigh = random.nextBoolean();
      Dfa language =
          NumberLanguage.between(
              Optional.of(new NumberLanguage.Bound(low, openLow)),
              Optional.of(new NumberLanguage.Bound(high, openHigh)));
      for (int j = 0; j < 200; j++) {
        BigDecimal value = j < 2 ? (j == 0 ? low : high) : number();
        int toLow = value.compareTo(low);
        int toHigh = value.compareTo(high);
        boolean expected =
            (openLow ? toLow > 0 : toLow >= 0) && (openHigh ? toHigh < 0 : toHigh <= 0);
        assertThat(matches(language, value))
            .as("%s in %s to %s", value, low, high)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void multiplesAgreeWithDivision() {
    for (int i = 0; i < 40; i++) {
      BigDecimal divisor = BigDecimal.valueOf(random.nextInt(500), random.nextInt(4));
      if (divisor.signum() == 0) {
        continue;
      }
      Dfa language = NumberLanguage.multiplesOf(divisor);
      for (int j = 0; j < 100; j++) {
        BigDecimal value =
            random.nextBoolean()
                ? number()
                : divisor.multiply(BigDecimal.valueOf(random.nextInt(99)));
        assertThat(matches(language, value))
            .as("%s of %s", value, divisor)
            .isEqualTo(value.remainder(divisor).signum() == 0);
      }
    }
  }

  @Test
  void numbersHaveOneSpellingAndAnEnd() {
    for (String spelled :
        new String[] {"0", "-1", "0.5", "9223372036854775807", "1.5e+25", "2e-20"}) {
      assertThat(Scalars.NUMBERS.matches(spelled.getBytes(StandardCharsets.UTF_8))).isTrue();
    }
    for (String spelled :
        new String[] {
          "-0",
          "00",
          "01",
          "1.0",
          "1.50",
          ".5",
          "1.",
          "+1",
          "1e5",
          "1E+25",
          "-0.0",
          "12345678901234567890",
          "1.5e+999"
        }) {
      assertThat(Scalars.NUMBERS.matches(spelled.getBytes(StandardCharsets.UTF_8)))
          .as(spelled)
          .isFalse();
    }
    assertThat(Scalars.NUMBERS.finite()).isFalse();
    assertThat(Scalars.NUMBERS.distance(Scalars.NUMBERS.start())).isEqualTo(1);
  }
}
