package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.Usage;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PricesTest {
  private static final Usage USAGE = new Usage(1_000_000, 100_000, 2_000_000, 10_000);
  private static final Prices SHIPPED = new Prices(Map.of());

  @Test
  void countsEveryKindOfToken() {
    // 1 × 5 + 0.1 × 25 + 2 × 0.5 + 0.01 × 6.25
    assertThat(SHIPPED.cost(ModelRef.parse("anthropic/claude-opus-4-5"), USAGE))
        .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("8.5625"));
  }

  @Test
  void aSnapshotCostsWhatItsModelCosts() {
    assertThat(SHIPPED.find(ModelRef.parse("openai/gpt-5-2025-08-07")))
        .isEqualTo(SHIPPED.find(ModelRef.parse("openai/gpt-5")))
        .isPresent();
    assertThat(SHIPPED.find(ModelRef.parse("anthropic/claude-opus-4-5-20251101"))).isPresent();
  }

  @Test
  void theOwnMachineIsFree() {
    assertThat(SHIPPED.cost(ModelRef.EMBEDDED, USAGE))
        .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("0"));
    assertThat(SHIPPED.find(ModelRef.parse("ollama/qwen3"))).isPresent();
  }

  @Test
  void anUnknownModelHasNoPrice() {
    assertThat(SHIPPED.find(ModelRef.parse("openai/gpt-99"))).isEmpty();
    assertThat(SHIPPED.cost(ModelRef.parse("openai/gpt-99"), USAGE)).isEmpty();
  }

  @Test
  void theOperatorsPricesWin() {
    Prices prices =
        new Prices(
            Map.of(
                "local/big",
                Map.of("input", new BigDecimal("0.5"), "output", BigDecimal.ONE),
                "openai/gpt-5",
                Map.of(
                    "input",
                    BigDecimal.ONE,
                    "output",
                    BigDecimal.TWO,
                    "cache_read",
                    BigDecimal.ZERO)));
    // 1 × 1 + 0.1 × 2 + 2 × 0 + 0.01 × 1
    assertThat(prices.cost(ModelRef.parse("openai/gpt-5"), USAGE))
        .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("1.21"));
    // 1 × 0.5 + 0.1 × 1 + 2 × 0.5 + 0.01 × 0.5
    assertThat(prices.cost(ModelRef.parse("local/big"), USAGE))
        .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("1.605"));
  }

  @Test
  void wrongPricesNameTheirKey() {
    assertThatThrownBy(() -> new Prices(Map.of("openai/x", Map.of("inputs", BigDecimal.ONE))))
        .hasMessageContaining("openai/x")
        .hasMessageContaining("inputs");
    assertThatThrownBy(() -> new Prices(Map.of("openai/x", Map.of("input", BigDecimal.ONE))))
        .hasMessageContaining("needs input and output");
    assertThatThrownBy(
            () -> new Prices(Map.of("openai/x", Map.of("input", BigDecimal.ONE.negate()))))
        .hasMessageContaining("negative");
    assertThatThrownBy(() -> new Prices(Map.of("gpt", Map.of())))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void theListHasADate() {
    assertThat(SHIPPED.asOf()).hasYear(2026);
  }
}
