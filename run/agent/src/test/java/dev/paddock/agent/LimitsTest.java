package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.agent.TestingModel.Move;
import dev.paddock.agent.TestingModel.Said;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.ModelEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Calls, tools and places that take too long, fail or give too much. */
class LimitsTest {
  private final TestingPlace place = new TestingPlace();

  @Test
  void aCallThatOutrunsItsTimeIsEnded() throws InterruptedException {
    place.settings =
        new LoopSettings(
            "here",
            Duration.ofSeconds(30),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            8,
            Map.of("bash", Duration.ofMillis(10)),
            Duration.ofMillis(10),
            2_000,
            false);
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              assertThat(invocation.timeout()).isEqualTo(Duration.ofMillis(10));
              new CountDownLatch(1).await();
              return ToolResult.ok("never");
            });
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}")), text("Too slow.")));
    SessionEvent.AgentToolResult result =
        place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst();
    assertThat(result.isError()).isTrue();
    assertThat(ContentBlock.textOf(result.content())).contains("took longer than");
  }

  @Test
  void timeoutsComeFromTheAgentThenFromTheDefault() {
    LoopSettings settings =
        LoopSettings.defaults("x").withCallTimeouts(Map.of("extract", Duration.ofHours(1)));
    AgentDefinition plain = AgentDefinition.of("a", "b", "c");
    assertThat(settings.timeoutOf("bash", plain)).isEqualTo(Duration.ofSeconds(120));
    assertThat(settings.timeoutOf("extract", plain)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aToolThatThrowsIsAResultOfItsCall() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              throw new IllegalStateException("the sandbox is gone");
            });
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}")), text("Sorry.")));
    assertThat(
            ContentBlock.textOf(
                place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst().content()))
        .isEqualTo("The call failed and may have run: the sandbox is gone");
  }

  @Test
  void aPlaceWithoutIsolationEndsTheSessionWithTheFix() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              throw new AgentException(
                  ErrorCode.ISOLATION_MISSING, "no bubblewrap; apt install bubblewrap");
            });
    SessionId id = place.session("go");
    SessionState rested = place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(place.errorCode(id)).isEqualTo("isolation_missing");
    assertThat(rested.openCalls()).isEmpty();
  }

  @Test
  void aStoreThatFailsIsNoFailureOfTheModel() throws InterruptedException {
    for (int n = 1; n <= 7; n++) {
      TestingPlace full = new TestingPlace();
      int at = n;
      full.sessions.failAt(append -> append == at);
      SessionId id = full.session("go");
      TestingModel model =
          new TestingModel(
              TestingModel.strong(),
              request ->
                  request.messages().size() == 1 ? calls(call("bash", "{}")) : text("Done."));
      assertThatThrownBy(() -> full.wake(id, model))
          .as("append %d", n)
          .isInstanceOf(TestingSessions.StoreException.class)
          .hasMessage("no space left");
      SessionState rested = full.wake(id, model);
      assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
      assertThat(full.sessions.events(id, SessionEvent.SessionError.class)).isEmpty();
      assertThat(full.hands.effects()).hasSize(1);
    }
  }

  @Test
  void aFloodOfCallsIsBounded() throws InterruptedException {
    SessionId id = place.session("go");
    ModelEvent.ToolCall[] flood =
        IntStream.range(0, 100)
            .mapToObj(i -> call("bash", "{\"n\":%d}".formatted(i)))
            .toArray(ModelEvent.ToolCall[]::new);
    place.wake(id, TestingModel.saying(calls(flood), text("Done.")));
    assertThat(place.hands.invocations()).hasSize(64);
    assertThat(place.sessions.events(id, SessionEvent.AgentToolResult.class)).hasSize(100);
  }

  @Test
  void aFloodOfTextIsBounded() throws InterruptedException {
    SessionId id = place.session("go");
    String chunk = "x".repeat(1 << 20);
    Move[] flood =
        IntStream.range(0, 9)
            .mapToObj(i -> new Move.Say(new ModelEvent.TextDelta(chunk)))
            .toArray(Move[]::new);
    place.wake(id, TestingModel.saying(Said.of(flood)));
    assertThat(place.errorCode(id)).isEqualTo("limit_exceeded");
  }
}
