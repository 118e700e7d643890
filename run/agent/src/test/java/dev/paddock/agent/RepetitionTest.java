package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.agent.TestingModel.Said;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A model that goes in circles is told so, then stopped. */
class RepetitionTest {
  private final TestingPlace place = new TestingPlace();

  @Test
  void aModelThatGoesInCirclesIsToldOnceAndThenStopped() throws InterruptedException {
    SessionId id = place.session("go");
    TestingModel model =
        new TestingModel(
            TestingModel.strong(), request -> calls(call("bash", "{\"command\":\"ls\"}")));
    SessionState rested = place.wake(id, model);

    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(place.errorCode(id)).isEqualTo("no_progress");
    assertThat(model.requests()).hasSize(6);
    assertThat(place.sessions.events(id, SessionEvent.SystemMessage.class)).hasSize(1);
    assertThat(model.requests().get(3).messages().getLast())
        .isInstanceOfSatisfying(
            Message.Instruction.class, told -> assertThat(told.text()).contains("3 times"));
  }

  @Test
  void aCircleOfTwoCallsIsNoticedToo() throws InterruptedException {
    SessionId id = place.session("go");
    List<Said> turns = new ArrayList<>();
    IntStream.range(0, 11)
        .forEach(i -> turns.add(calls(call("bash", "{\"command\":\"ls %d\"}".formatted(i % 2)))));
    SessionState rested = place.wake(id, TestingModel.saying(turns.toArray(Said[]::new)));
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(place.errorCode(id)).isEqualTo("no_progress");
  }

  @Test
  void aModelThatPollsSomethingThatChangesIsLeftAlone() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) ->
                ToolResult.ok("%d %%".formatted(place.hands.invocations().size())));
    SessionId id = place.session("go");
    TestingModel model =
        new TestingModel(
            TestingModel.strong(),
            request ->
                request.messages().size() > 30
                    ? text("Done.")
                    : calls(call("bash", "{\"command\":\"status\"}")));
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(place.sessions.events(id, SessionEvent.SystemMessage.class)).isEmpty();
  }
}
