package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ParityCheckTest {
  private static final Path FOLDER = Path.of("src/test/resources/parity/llama");

  @Test
  void llamaComputesWhatTheReferenceDoes() {
    ParityCheck.Report report =
        ParityCheck.run(FOLDER, ParityCheck.DEFAULT_TOLERANCE, EngineOptions.DEFAULT);
    assertThat(report.text()).last().isEqualTo("PASS");
    assertThat(report.lines())
        .extracting(ParityCheck.Line::name)
        .containsExactlyInAnyOrder("logits", "hidden_states", "greedy");
  }

  @Test
  void aTighterToleranceThanTheNoiseFails() {
    ParityCheck.Report report = ParityCheck.run(FOLDER, 1e-9, EngineOptions.DEFAULT);
    assertThat(report.text()).last().isEqualTo("FAIL");
  }
}
