package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelEvent;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OpenAiModelTest extends ModelContractTest {
  @Override
  String provider() {
    return "openai";
  }

  @Override
  Model model(URI base, HttpLimits limits) {
    Endpoint endpoint =
        new Endpoint("openai", URI.create(base + "/v1"), Optional.of(new Secret(KEY)));
    Dialect dialect = new OpenAiDialect(endpoint);
    return new HttpModel(
        endpoint,
        dialect,
        "gpt-test",
        new ModelDescription("openai/gpt-test", 128_000, 16_384, dialect.capabilities()),
        limits);
  }

  @Override
  String textEvent(String text) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
  }

  @Override
  boolean tellsStopSequence() {
    return true;
  }

  @Test
  void sendsTheKeyAsABearer() throws Exception {
    answer("text", question());
    assertThat(server().lastRequest().path()).isEqualTo("/v1/chat/completions");
    assertThat(server().lastRequest().headers()).containsEntry("authorization", "Bearer " + KEY);
  }

  @Test
  void readsLogprobs() throws Exception {
    List<ModelEvent> events = answer("logprobs", question().withLogprobs(2));
    assertThat(object(server().lastRequest().text()).path("top_logprobs").intValue()).isEqualTo(2);
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

  @Test
  void tellsCallsApartThatAllHaveIndexZero() throws Exception {
    assertThat(calls(answer("same-index", question())))
        .extracting(ModelEvent.ToolCall::name)
        .containsExactly("read", "list");
  }

  @Test
  void leavesReasoningOfEarlierTurnsOut() throws Exception {
    List<ModelEvent> events = answer("thinking", question());
    var said =
        new dev.paddock.provider.spi.Message.Assistant(
            textOf(events), List.of(), Optional.empty(), end(events).state());
    answer(
        "text",
        dev.paddock.provider.spi.ModelRequest.of(
            List.of(
                dev.paddock.provider.spi.Message.User.of("a"),
                said,
                dev.paddock.provider.spi.Message.User.of("b"))));
    assertThat(server().lastRequest().text()).doesNotContain("First this");
  }
}
