package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.provider.ModelException;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {1, 3, 2, -1, 0};

  @Test
  void greedyTakesTheBestAllowed() {
    Sampler greedy = new Sampler(0, 0, 1, 0, 1);
    assertThat(greedy.choose(LOGITS, 5, null)).isEqualTo(1);
    assertThat(greedy.choose(LOGITS, 5, new long[] {0b11101})).isEqualTo(2);
  }

  @Test
  void frequenciesFollowTheProbabilities() {
    Sampler sampler = new Sampler(1, 0, 1, 0, 42);
    int[] counts = new int[5];
    for (int i = 0; i < 20_000; i++) {
      counts[sampler.choose(LOGITS, 5, null)]++;
    }
    double total = 0;
    for (float logit : LOGITS) {
      total += Math.exp(logit);
    }
    for (int t = 0; t < 5; t++) {
      assertThat(counts[t] / 20_000.0)
          .isCloseTo(Math.exp(LOGITS[t]) / total, Assertions.within(0.015));
    }
  }

  @Test
  void limitsLeaveOnlyTheBest() {
    assertThat(chosen(new Sampler(1, 2, 1, 0, 1))).containsExactly(1, 2);
    assertThat(chosen(new Sampler(1, 0, 0.5, 0, 1))).containsExactly(1);
    assertThat(chosen(new Sampler(1, 0, 0.8, 0, 1))).containsExactly(1, 2);
    assertThat(chosen(new Sampler(1, 0, 1, 0.1, 1))).containsExactly(0, 1, 2);
  }

  @Test
  void noNumbersAreNoToken() {
    Sampler greedy = new Sampler(0, 0, 1, 0, 1);
    assertThatThrownBy(() -> greedy.choose(new float[] {Float.NaN}, 1, null))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> greedy.choose(LOGITS, 5, new long[] {0}))
        .isInstanceOf(ModelException.class);
  }

  private static Set<Integer> chosen(Sampler sampler) {
    Set<Integer> out = new TreeSet<>();
    for (int i = 0; i < 2000; i++) {
      out.add(sampler.choose(LOGITS, 5, null));
    }
    return out;
  }
}
