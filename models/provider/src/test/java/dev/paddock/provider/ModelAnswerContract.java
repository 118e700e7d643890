package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every adapter understands. */
abstract class ModelAnswerContract extends AdapterTest {
  ModelAnswerContract(TestingAdapter adapter) {
    super(adapter);
  }

  @Test
  void streamsTextAndCountsTokens() throws Exception {
    List<ModelEvent> events = answer("text", question());
    assertThat(textOf(events)).isEqualTo("Grüße, wörld! 🙂");
    assertThat(events.stream().filter(ModelEvent.TextDelta.class::isInstance).count())
        .isGreaterThan(1);
    assertThat(end(events).reason()).isEqualTo(EndReason.END_TURN);
    assertThat(end(events).usage()).isEqualTo(new Usage(12, 7, 30, 0));
  }

  @Test
  void streamsThinkingApartFromText() throws Exception {
    List<ModelEvent> events = answer("thinking", question());
    assertThat(thinkingOf(events)).isEqualTo("First this. Then that.");
    assertThat(textOf(events)).isEqualTo("42");
    assertThat(end(events).state()).map(ProviderState::provider).contains(adapter.provider());
  }

  @Test
  void readsOneToolCall() throws Exception {
    List<ModelEvent> events = answer("tool-call", withTools());
    assertThat(calls(events))
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.index()).isZero();
              assertThat(call.name()).isEqualTo("read");
              assertThat(call.input())
                  .isEqualTo(object("{\"path\":\"a \\\"b\\\".txt\",\"limit\":3}"));
            });
    assertThat(fragments(events, 0)).isEqualTo("{\"path\":\"a \\\"b\\\".txt\",\"limit\":3}");
    assertThat(end(events).reason()).isEqualTo(EndReason.TOOL_USE);
  }

  @Test
  void readsParallelCallsHoweverTheirFragmentsMix() throws Exception {
    List<ModelEvent> events = answer("parallel-calls", withTools());
    assertThat(calls(events)).extracting(ModelEvent.ToolCall::index).containsExactly(0, 1, 2);
    assertThat(calls(events))
        .extracting(ModelEvent.ToolCall::name)
        .containsExactly("read", "read", "list");
    assertThat(calls(events))
        .extracting(ModelEvent.ToolCall::input)
        .containsExactly(object("{\"path\":\"a\"}"), object("{\"path\":\"b\"}"), object("{}"));
    assertThat(end(events).reason()).isEqualTo(EndReason.TOOL_USE);
    int last = events.size() - 1;
    assertThat(events.subList(0, last)).noneMatch(ModelEvent.End.class::isInstance);
  }

  @Test
  void readsAnAnswerInTheAskedSchema() throws Exception {
    List<ModelEvent> events = answer("json", withSchema());
    assertThat(Json.tree(textOf(events))).isEqualTo(object("{\"total\":\"12.50\"}"));
  }

  @ParameterizedTest
  @CsvSource({"max-tokens, MAX_TOKENS", "refusal, REFUSAL", "stop-sequence, STOP_SEQUENCE"})
  void tellsWhyItEnded(String fixture, EndReason reason) throws Exception {
    EndReason expected =
        reason == EndReason.STOP_SEQUENCE && !adapter.tellsStopSequence()
            ? EndReason.END_TURN
            : reason;
    assertThat(end(answer(fixture, question())).reason()).isEqualTo(expected);
  }

  @Test
  void dropsACallThatTheTokenLimitCut() throws Exception {
    List<ModelEvent> events = answer("cut-call", withTools());
    assertThat(calls(events)).isEmpty();
    assertThat(end(events).reason()).isEqualTo(EndReason.MAX_TOKENS);
  }

  @Test
  void endsOnce() throws Exception {
    server.events(fixture("text"));
    try (ModelStream stream = model(server.url(), PATIENT).stream(question())) {
      read(stream);
      assertThat(stream.next()).isEmpty();
      assertThat(stream.next()).isEmpty();
    }
  }

  private static String fragments(List<ModelEvent> events, int index) {
    StringBuilder out = new StringBuilder();
    for (ModelEvent event : events) {
      if (event instanceof ModelEvent.ToolCallDelta delta && delta.index() == index) {
        out.append(delta.arguments());
      }
    }
    return out.toString();
  }

  private static ModelRequest withSchema() {
    return question().withOutput(schema());
  }
}
