package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the shipped schemas find without any model: far from all, but a change of formats, labels or
 * sums that loses values shows here.
 */
class ExamplesTest {
  private static final Path PROJECT = Path.of("../..");

  @ParameterizedTest
  @CsvSource({"development, 398", "example, 108", "stress, 99", "jobs, 70"})
  void labelsAndSumsAloneFindMostValues(String set, int least) throws InterruptedException {
    Agreement found =
        new ReceiptsBenchmark(PROJECT, TestingScorer.indifferent(), 8_192, System.out).run(set);
    assertThat(found.right()).isGreaterThanOrEqualTo(least);
    assertThat(found.of("total").wrongMarkedOk).isZero();
  }

  @ParameterizedTest
  @CsvSource({"receipts", "jobs"})
  void noWorkedExampleIsAnInput(String name) {
    Path folder = PROJECT.resolve("examples/" + name);
    TestingFiles files = new TestingFiles().putAll("agent", folder);
    assertThat(TruthTable.schema(folder).examples())
        .isNotEmpty()
        .noneMatch(
            example ->
                files.glob("agent/inputs/**").stream()
                    .anyMatch(input -> files.text(input).equals(example.document())));
  }
}
