package dev.paddock.extract;

import dev.paddock.provider.spi.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/** A scorer whose opinion is given; it notes what it was asked. */
final class TestingScorer implements Scorer {
  final List<List<String>> prefixes = new ArrayList<>();
  final List<Branch> asked = new ArrayList<>();
  private final ToDoubleBiFunction<String, String> opinion;

  /**
   * @param opinion the log-likelihood of an answer, by question and answer
   */
  TestingScorer(ToDoubleBiFunction<String, String> opinion) {
    this.opinion = opinion;
  }

  /** One to which everything is equally likely. */
  static TestingScorer indifferent() {
    return new TestingScorer((question, answer) -> 0);
  }

  @Override
  public List<Score> score(List<String> prefix, List<Branch> branches) {
    prefixes.add(prefix);
    asked.addAll(branches);
    return branches.stream()
        .map(
            branch ->
                new Score(
                    opinion.applyAsDouble(
                        branch.bridge().strip().replaceFirst(":$", ""),
                        branch.continuation().strip()),
                    1))
        .toList();
  }
}
