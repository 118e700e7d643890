package dev.paddock.extract;

import dev.paddock.extract.ExtractionSchema.Question;
import dev.paddock.provider.spi.Scorer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How likely a model holds each candidate to be the answer to each question about a document. */
final class Likelihoods {
  private final Map<Asked, Double> values = new HashMap<>();

  private record Asked(String question, String answer) {}

  /** Log-likelihood, natural; 0 for what was not asked. */
  double of(String question, String answer) {
    return values.getOrDefault(new Asked(question, answer), 0.0);
  }

  /**
   * @param answers the candidates for each question
   */
  static Likelihoods ask(Scorer scorer, List<String> prefix, Map<Question, Set<String>> answers)
      throws InterruptedException {
    List<Asked> asked = new ArrayList<>();
    List<Scorer.Branch> branches = new ArrayList<>();
    answers.forEach(
        (question, candidates) -> {
          for (String candidate : candidates) {
            asked.add(new Asked(question.key(), candidate));
            branches.add(new Scorer.Branch("\n" + question.text() + ":", " " + candidate + "\n"));
          }
        });
    Likelihoods likelihoods = new Likelihoods();
    if (!branches.isEmpty()) {
      List<Scorer.Score> scores = scorer.score(prefix, branches);
      for (int i = 0; i < asked.size(); i++) {
        likelihoods.values.put(asked.get(i), scores.get(i).logLikelihood());
      }
    }
    return likelihoods;
  }
}
