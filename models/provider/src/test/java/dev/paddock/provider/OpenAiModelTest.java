package dev.paddock.provider;

import static dev.paddock.provider.TestingAdapter.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OpenAiModelTest extends AdapterTest {
  OpenAiModelTest() {
    super(TestingAdapter.OPENAI);
  }

  @Test
  void sendsTheKeyAsABearer() throws Exception {
    answer("text", question());
    assertThat(server.lastRequest().path()).isEqualTo("/v1/chat/completions");
    assertThat(server.lastRequest().headers()).containsEntry("authorization", "Bearer " + KEY);
  }

  @Test
  void readsLogprobs() throws Exception {
    List<ModelEvent> events = answer("logprobs", question().withLogprobs(2));
    assertThat(object(server.lastRequest().text()).path("top_logprobs").intValue()).isEqualTo(2);
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
        new Message.Assistant(textOf(events), List.of(), Optional.empty(), end(events).state());
    answer("text", ModelRequest.of(List.of(Message.User.of("a"), said, Message.User.of("b"))));
    assertThat(server.lastRequest().text()).doesNotContain("First this");
  }
}
