package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.agent.TestingModel.Move;
import dev.paddock.agent.TestingModel.Said;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model that fails is asked again, and not for ever. */
class RetriesTest {
  private final TestingPlace place = new TestingPlace();

  private static Said busy() {
    return TestingModel.fails(new ModelException(ErrorCode.OVERLOADED, "the model is busy"));
  }

  private List<String> retryStatuses(SessionId id) {
    return place.sessions.events(id, SessionEvent.SessionError.class).stream()
        .map(error -> error.error().path("retry_status").path("type").asText())
        .toList();
  }

  @Test
  void aBusyModelIsAskedAgainWithGrowingWaits() throws InterruptedException {
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(id, TestingModel.saying(busy(), busy(), busy(), text("Here I am.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(retryStatuses(id)).containsExactly("retrying", "retrying", "retrying");
    for (int i = 0; i < 3; i++) {
      long most = 1000L << i;
      assertThat(place.sleeps.get(i).toMillis()).isBetween(most / 2, most);
    }
    assertThat(place.previews).filteredOn(Preview.Retry.class::isInstance).hasSize(3);
  }

  @Test
  void aModelThatStaysBusyIsAskedSixTimes() throws InterruptedException {
    SessionId id = place.session("go");
    TestingModel model = new TestingModel(TestingModel.strong(), request -> busy());
    SessionState rested = place.wake(id, model);
    assertThat(model.requests()).hasSize(6);
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(retryStatuses(id).getLast()).isEqualTo("exhausted");
    assertThat(
            place
                .sessions
                .events(id, SessionEvent.SessionError.class)
                .getLast()
                .error()
                .path("type")
                .asText())
        .isEqualTo("model_overloaded_error");
    assertThat(rested.openModelRequest()).isEmpty();
    assertThat(rested.runnable()).isFalse();
  }

  @Test
  void whatTheProviderAsksToWaitIsWaited() throws InterruptedException {
    SessionId id = place.session("go");
    place.wake(
        id,
        TestingModel.saying(
            TestingModel.fails(
                new ModelException(
                    ErrorCode.RATE_LIMITED, "slow down", null, Duration.ofSeconds(17))),
            text("Done.")));
    assertThat(place.sleeps).containsExactly(Duration.ofSeconds(17));
  }

  @Test
  void aWaitBeyondAMinuteIsNotWaited() throws InterruptedException {
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(
            id,
            TestingModel.saying(
                TestingModel.fails(
                    new ModelException(
                        ErrorCode.RATE_LIMITED, "slow down", null, Duration.ofSeconds(61)))));
    assertThat(place.sleeps).isEmpty();
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
  }

  @Test
  void whatCannotGetBetterIsNotTriedAgain() throws InterruptedException {
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(
            id,
            TestingModel.saying(
                TestingModel.fails(new ModelException(ErrorCode.UNAUTHENTICATED, "no key"))));
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(place.errorCode(id)).isEqualTo("unauthenticated");
    assertThat(place.sleeps).isEmpty();
  }

  @Test
  void aDefectOfAnAdapterEndsTheTurnAndNotTheProcess() throws InterruptedException {
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(id, TestingModel.saying(TestingModel.fails(new IllegalStateException("oops"))));
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(place.errorCode(id)).isEqualTo("internal");
  }

  @Test
  void anAnswerWithoutAnEndIsAskedForAgain() throws InterruptedException {
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(
            Said.of(new Move.Say(new ModelEvent.TextDelta("Once"))), text("Whole."));
    place.wake(id, model);
    assertThat(place.sessions.events(id, SessionEvent.AgentMessage.class)).hasSize(1);
    assertThat(retryStatuses(id)).containsExactly("retrying");
  }

  @Test
  void aSessionThatGaveUpGoesOnWithTheNextMessage() throws InterruptedException {
    SessionId id = place.session("go");
    place.wake(id, new TestingModel(TestingModel.strong(), request -> busy()));
    place.send(id, TestingPlace.message("again"));
    SessionState rested = place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
  }
}
