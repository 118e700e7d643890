package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Scorer;
import dev.paddock.provider.spi.Scorer.Branch;
import dev.paddock.provider.spi.Scorer.Score;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class SmolLmScorerTest {
  @Test
  void agreesWithRecordedLikelihoods() throws Exception {
    GgufFile file = GgufFile.open(TestingModel.file());
    JsonNode recorded =
        Json.tree(Files.readString(Path.of("src/test/resources/smollm2-scores.json")));
    List<String> prefix = new ArrayList<>();
    recorded.get("prefix").forEach(segment -> prefix.add(segment.asText()));
    List<Branch> branches = new ArrayList<>();
    for (JsonNode branch : recorded.get("branches")) {
      branches.add(new Branch(branch.get("bridge").asText(), branch.get("continuation").asText()));
    }
    try (Engine engine = new Engine(new LlamaArchitecture().load(file, EngineOptions.DEFAULT))) {
      Scorer scorer = new LocalScorer(engine, GgufTokenizer.read(file));
      List<Score> scores = scorer.score(prefix, branches);
      for (int i = 0; i < scores.size(); i++) {
        JsonNode expected = recorded.get("branches").get(i);
        assertThat(scores.get(i).tokens()).isEqualTo(expected.get("tokens").asInt());
        // the file's weights widened to fp32, cache in fp16
        assertThat(scores.get(i).logLikelihood())
            .as("%s", branches.get(i))
            .isCloseTo(expected.get("llama_cpp_f32").asDouble(), Assertions.within(0.02));
        // activations rounded to eight bits
        assertThat(scores.get(i).logLikelihood())
            .as("%s", branches.get(i))
            .isCloseTo(expected.get("llama_cpp_q4_1").asDouble(), Assertions.within(0.5));
      }
      List<Score> again = scorer.score(prefix, branches);
      for (int i = 0; i < scores.size(); i++) {
        assertThat(again.get(i).logLikelihood())
            .isCloseTo(scores.get(i).logLikelihood(), Assertions.within(1e-3));
      }
    }
  }
}
