package dev.paddock.extract;

import dev.paddock.inference.EngineOptions;
import dev.paddock.inference.LocalModel;
import dev.paddock.provider.spi.Scorer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How many values the example agent's schema finds, field by field, and how far its marks can be
 * relied on. Arguments: the project's folder, the model's GGUF file, then the sets: {@code
 * development}, {@code example}, {@code heldout}, {@code jobs}; {@code development-30} deletes 30 %
 * of the label phrases, four times over.
 */
public final class ReceiptsBenchmark {
  private static final int SEEDS = 4;

  private final Path project;
  private final Scorer scorer;
  private final long contextTokens;
  private final PrintStream out;

  ReceiptsBenchmark(Path project, Scorer scorer, long contextTokens, PrintStream out) {
    this.contextTokens = contextTokens;
    this.project = project;
    this.scorer = scorer;
    this.out = out;
  }

  public static void main(String[] arguments) throws InterruptedException {
    try (LocalModel model =
        LocalModel.open(
            Path.of(arguments[1]), "local/bench", EngineOptions.DEFAULT, Optional.empty())) {
      Scorer scorer = model.scorer().orElseThrow();
      for (int i = 2; i < arguments.length; i++) {
        new ReceiptsBenchmark(
                Path.of(arguments[0]), scorer, model.description().contextTokens(), System.out)
            .run(arguments[i]);
      }
    }
  }

  /** One set; its documents' contents are never printed. */
  Agreement run(String name) throws InterruptedException {
    String[] parts = name.split("-");
    String set = parts[0];
    double deleted = parts.length > 1 ? Integer.parseInt(parts[1]) / 100.0 : 0;
    TruthTable table = table(set);
    Path folder = project.resolve(set.equals("jobs") ? "examples/jobs" : "examples/receipts");
    Agreement agreement = new Agreement(table.fields());
    int runs = deleted > 0 ? SEEDS : 1;
    long start = System.nanoTime();
    for (int seed = 0; seed < runs; seed++) {
      ExtractionSchema schema = TruthTable.schema(folder, deleted, seed);
      ScoringExtractor extractor = new ScoringExtractor(schema, scorer, contextTokens);
      for (String file : table.files()) {
        agreement.add(schema, extractor.extract(file, table.document(file)), table.truth(file));
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    int documents = table.files().size() * runs;
    out.printf(
        "%s: %d documents%s, %.2f s each%n%s",
        name,
        table.files().size(),
        runs > 1 ? " with %d choices of deleted labels".formatted(runs) : "",
        took.toMillis() / 1000.0 / documents,
        agreement.table());
    return agreement;
  }

  private TruthTable table(String set) {
    Path data = project.resolve("checks/data");
    return switch (set) {
      case "example" ->
          TruthTable.read(
              project.resolve("examples/receipts/inputs"),
              data.resolve("receipts/example/truth.csv"));
      case "jobs" ->
          TruthTable.read(project.resolve("examples/jobs/inputs"), data.resolve("jobs/truth.csv"));
      default ->
          TruthTable.read(
              data.resolve("receipts/" + set), data.resolve("receipts/" + set + "/truth.csv"));
    };
  }
}
