package dev.paddock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
  @Test
  void idsSortByAge() {
    assertThat(Ids.next("sesn", 1_000)).isLessThan(Ids.next("sesn", 1_001));
    assertThat(Ids.next("sesn", 1_999_999_999_999L)).isGreaterThan(Ids.next("sesn", 5));
  }

  @Test
  void idsDiffer() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      assertThat(seen.add(Ids.next("sevt", 7))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sesn", "sesn_", "sevt_1", "sesn_a/b", "sesn_../x", "sesn_a b", "sesn_é"})
  void refusesWhatIsNoSessionId(String value) {
    assertThatThrownBy(() -> new SessionId(value))
        .isInstanceOf(CoreException.class)
        .hasMessageContaining("sesn_");
  }

  @Test
  void refusesAnEndlessId() {
    assertThatThrownBy(() -> new SessionId("sesn_" + "a".repeat(1_000)))
        .isInstanceOf(CoreException.class)
        .extracting(Throwable::getMessage)
        .satisfies(message -> assertThat(message).hasSizeLessThan(300));
  }
}
