package dev.paddock.extract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.provider.spi.Scorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the shipped schemas find without any model: far from all, but a change of formats, labels or
 * sums that loses values shows here.
 */
class ExampleSchemasTest {
  private static final Path PROJECT = Path.of("..");
  private static final Scorer INDIFFERENT =
      (prefix, branches) -> branches.stream().map(branch -> new Scorer.Score(-1, 1)).toList();

  @ParameterizedTest
  @CsvSource({"development, 398", "example, 108", "stress, 99", "jobs, 70"})
  void labelsAndSumsAloneFindMostValues(String set, int least) throws InterruptedException {
    Agreement found = new ReceiptsBenchmark(PROJECT, INDIFFERENT, 8_192, System.out).run(set);
    assertThat(found.right()).isGreaterThanOrEqualTo(least);
    assertThat(found.of("total").wrongMarkedOk).isZero();
  }

  @ParameterizedTest
  @CsvSource({"receipts", "jobs"})
  void noWorkedExampleIsAnInput(String name) throws IOException {
    Path folder = PROJECT.resolve("examples").resolve(name);
    ExtractionSchema schema = TruthTable.schema(folder, 0, 0);
    assertThat(schema.examples()).isNotEmpty();
    try (Stream<Path> inputs = Files.walk(folder.resolve("inputs"))) {
      for (Path input : inputs.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(input);
        assertThat(schema.examples()).noneMatch(example -> text.equals(example.document()));
      }
    }
  }
}
