package dev.paddock.agent;

import static dev.paddock.agent.TestingDelegation.helps;
import static dev.paddock.agent.TestingDelegation.model;
import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.provider.spi.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An agent hands the conversation to another. */
class HandOffTest {
  private TestingDelegation work = new TestingDelegation();

  private TestingModel handingOff() {
    return model(
        request -> calls(call(Roster.HAND_OFF, "{\"agent\":\"helper\",\"message\":\"be kind\"}")),
        request -> text("Here I am."));
  }

  private SessionId handedOff() {
    SessionId id =
        work.place.sessions.create(
            work.document(
                new SessionDocument.Delegate(
                    "helper",
                    "Helps.",
                    SessionDocument.of(work.helper).into(Json.object()),
                    SessionDocument.Delegate.Kind.HAND_OFF)));
    work.place.send(id, TestingPlace.message("help me"));
    return id;
  }

  @Test
  void theConversationGoesToAnother() throws InterruptedException {
    SessionId id = handedOff();
    TestingModel model = handingOff();
    SessionState rested = work.place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(work.threads(id)).isEmpty();
    assertThat(helps(model.requests().getLast())).isTrue();
    assertThat(model.requests().getLast().messages().getFirst())
        .isEqualTo(Message.User.of("help me"));
    assertThat(work.types(id)).contains("session.updated");
    assertThat(agentOf(id)).isEqualTo("helper");
  }

  private String agentOf(SessionId id) {
    return work.place
        .sessions
        .find(id)
        .orElseThrow()
        .document()
        .path("agent")
        .path("name")
        .asText();
  }

  @Test
  void killedBeforeOrAfterAnyAppendItGoesToAnotherOnce() throws InterruptedException {
    for (int k = 1; k <= 9; k++) {
      for (boolean stored : List.of(false, true)) {
        work = new TestingDelegation();
        SessionId id = handedOff();
        int at = k;
        work.place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
        try {
          work.place.wake(id, handingOff());
        } catch (TestingSessions.Killed e) {
          work.place.sessions.restart();
          work.place.clock.advance(Duration.ofMinutes(1));
        }
        SessionState rested = work.place.wake(id, handingOff());
        assertThat(rested.stopReason()).as("at %d", k).contains(new StopReason.EndTurn());
        assertThat(work.types(id).stream().filter("session.updated"::equals)).hasSize(1);
        assertThat(work.results(id)).hasSize(1);
        assertThat(agentOf(id)).isEqualTo("helper");
      }
    }
  }
}
