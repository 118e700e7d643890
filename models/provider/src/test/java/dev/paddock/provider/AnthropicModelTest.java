package dev.paddock.provider;

import static dev.paddock.provider.TestingAdapter.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Sampling;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnthropicModelTest extends AdapterTest {
  private static final Endpoint OFFICIAL =
      new Endpoint("anthropic", URI.create("https://api.anthropic.com"), Optional.empty());

  AnthropicModelTest() {
    super(TestingAdapter.ANTHROPIC);
  }

  @Test
  void sendsKeyAndVersion() throws Exception {
    answer("text", question());
    assertThat(server.lastRequest().path()).isEqualTo("/v1/messages");
    assertThat(server.lastRequest().headers())
        .containsEntry("x-api-key", KEY)
        .containsEntry("anthropic-version", "2023-06-01");
  }

  @Test
  void refusesLogprobs() {
    Model model = model(server.url(), HttpLimits.DEFAULT);
    assertThatThrownBy(() -> model.stream(question().withLogprobs(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("log-probabilities");
  }

  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-4-20250514, true",
    "claude-haiku-4-5, true",
    "claude-opus-4-6, true",
    "claude-opus-4-7, false",
    "claude-opus-5, false"
  })
  void sendsSamplingOnlyToModelsThatTakeIt(String model, boolean takes) {
    ModelRequest request = question().withSampling(Sampling.GREEDY);
    assertThat(new AnthropicRequest(OFFICIAL, model, 1000).body(request).has("temperature"))
        .isEqualTo(takes);
  }

  @Test
  void givesOlderModelsAThinkingBudgetWithinTheirLimit() {
    ModelRequest request = question().withEffort(Optional.of(Effort.MAX));
    assertThat(
            new AnthropicRequest(OFFICIAL, "claude-sonnet-4-5-20250929", 8_000)
                .body(request)
                .path("thinking")
                .path("budget_tokens")
                .intValue())
        .isEqualTo(6_976);
  }

  @Test
  void anEditedAnswerStillHoldsItsWholeText() {
    ProviderState state =
        new ProviderState(
            "anthropic",
            Json.tree(
                """
                [{"kept":{"type":"thinking","thinking":"t","signature":"s"}},
                 {"text":400},{"call":3},{"call":-1},{"nonsense":1}]
                """));
    Message.Assistant said =
        new Message.Assistant(
            "shorter",
            List.of(new Message.Call("c", "list", Json.object())),
            Optional.empty(),
            Optional.of(state));
    assertThat(
            new AnthropicRequest(OFFICIAL, "claude-opus-5", 1000)
                .body(ModelRequest.of(List.of(Message.User.of("q"), said)))
                .path("messages")
                .path(1)
                .path("content"))
        .extracting(block -> block.path("type").asText())
        .containsExactly("thinking", "text", "tool_use");
  }

  @Test
  void tellsInWordsWhatTheSchemaCannotHold() {
    assertThat(
            AnthropicSchema.of(
                object(
                    """
                    {"type":"object","properties":{"n":{"type":"integer","minimum":1,"description":"A number"},
                     "at":{"type":"string","format":"date"},"code":{"type":"string","pattern":"^x"}}}
                    """)))
        .isEqualTo(
            object(
                """
                {"type":"object","additionalProperties":false,"properties":{
                 "n":{"type":"integer","description":"A number\\n\\n{\\"minimum\\":1}"},
                 "at":{"type":"string","format":"date"},
                 "code":{"type":"string","description":"{\\"pattern\\":\\"^x\\"}"}}}
                """));
  }
}
