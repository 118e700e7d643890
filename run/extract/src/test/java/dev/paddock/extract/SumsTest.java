package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SumsTest {
  private static Sums sums(Long... hundredths) {
    return Sums.of(List.of(List.of(hundredths)));
  }

  @Test
  void anAmountThatOthersAddUpToIsConfirmed() {
    assertThat(sums(1_000L, 250L, 1_250L, 900L).confirmed()).containsExactly(1_250L);
    assertThat(sums(1_000L, 1_000L).confirmed()).isEmpty();
  }

  @Test
  void aSumFromWhichALaterOneIsReachedIsSuperseded() {
    Sums sums = sums(1_000L, 250L, 1_250L, -250L, 500L, 1_500L);
    assertThat(sums.confirmed()).contains(1_250L, 1_500L);
    assertThat(sums.superseded()).containsExactly(1_250L);
  }

  @Test
  void deductionsCount() {
    assertThat(sums(11_900L, -3_570L, 8_330L).confirmed()).containsExactly(8_330L);
  }
}
