package dev.paddock.provider;

import static dev.paddock.provider.TestingAdapter.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.ModelEvent;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GeminiModelTest extends AdapterTest {
  GeminiModelTest() {
    super(TestingAdapter.GEMINI);
  }

  @Test
  void sendsTheKeyInItsHeaderAndNeverInTheAddress() throws Exception {
    answer("text", question());
    assertThat(server.lastRequest().path())
        .isEqualTo("/v1beta/models/gemini-test:streamGenerateContent?alt=sse");
    assertThat(server.lastRequest().headers()).containsEntry("x-goog-api-key", KEY);
  }

  @Test
  void aBlockedPromptIsARefusal() throws Exception {
    assertThat(end(answer("blocked-prompt", question())).reason())
        .isEqualTo(ModelEvent.EndReason.REFUSAL);
  }

  @Test
  void readsLogprobs() throws Exception {
    List<ModelEvent> events = answer("logprobs", question().withLogprobs(2));
    assertThat(events.getFirst())
        .isEqualTo(
            new ModelEvent.TextDelta(
                "Yes",
                List.of(
                    new ModelEvent.TokenLogprob(
                        "Yes",
                        -0.25,
                        List.of(
                            new ModelEvent.Alternative("Yes", -0.25),
                            new ModelEvent.Alternative("No", -1.5))))));
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-pro, NONE, 128",
    "gemini-2.5-flash, NONE, 0",
    "gemini-2.5-flash, MAX, 24576"
  })
  void givesTheFirstThinkingModelsABudget(String model, Effort effort, int budget) {
    Endpoint endpoint = new Endpoint("gemini", URI.create("http://x"), Optional.empty());
    assertThat(
            new GeminiRequest(endpoint, model)
                .body(question().withEffort(Optional.of(effort)))
                .at("/generationConfig/thinkingConfig/thinkingBudget")
                .intValue())
        .isEqualTo(budget);
  }
}
