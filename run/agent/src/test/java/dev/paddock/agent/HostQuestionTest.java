package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a sandbox asks of hosts, and about them, beside the loop. */
class HostQuestionTest {
  private static final HostQuestion QUESTION = new HostQuestion("example.org", 443);

  private final TestingPlace place = new TestingPlace();

  private static SessionEvent request() {
    return new SessionEvent.EgressRequest(
        EventId.next(),
        "example.org",
        443,
        "CONNECT",
        "",
        200,
        "allowed",
        Optional.of("example.org"),
        Optional.empty(),
        Optional.empty(),
        1,
        2,
        3);
  }

  private void confirm(SessionId id, EventId call, Permission answer) {
    place.send(
        id, new SessionEvent.UserToolConfirmation(EventId.next(), call, answer, Optional.empty()));
  }

  /** A session whose call asks about a host and is over before anyone answers. */
  private SessionId asking(SessionEvent.AgentToolUse question) throws InterruptedException {
    SessionId id = place.session("go");
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              place.send(id, question);
              return ToolResult.ok("try again later");
            });
    SessionState waiting = place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    assertThat(waiting.stopReason())
        .contains(new StopReason.RequiresAction(List.of(question.id())));
    return id;
  }

  @Test
  void theSessionWaitsForTheAnswerAndTheModelNeverReadsTheQuestion() throws InterruptedException {
    SessionEvent.AgentToolUse question = QUESTION.asked();
    SessionId id = asking(question);
    confirm(id, question.id(), Permission.ALLOW);
    TestingModel model = TestingModel.saying(text("Done."));
    SessionState rested = place.wake(id, model);

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(rested.openCalls()).isEmpty();
    assertThat(place.hands.invocations()).as("no tool was called for it").hasSize(1);
    List<Message> read = model.requests().getFirst().messages();
    assertThat(read).hasSize(3);
    assertThat(ContentBlock.textOf(((Message.ToolResult) read.getLast()).content()))
        .isEqualTo("try again later");
    assertThat(HostQuestion.in(place.sessions.readAll(id)).answers()).containsEntry(QUESTION, true);
  }

  @Test
  void aNoIsRememberedAndAnInterruptIsNoAnswer() throws InterruptedException {
    SessionEvent.AgentToolUse first = QUESTION.asked();
    SessionId refused = asking(first);
    confirm(refused, first.id(), Permission.DENY);
    place.wake(refused, TestingModel.saying(text("Then not.")));
    assertThat(HostQuestion.in(place.sessions.readAll(refused)).answers())
        .containsEntry(QUESTION, false);

    SessionEvent.AgentToolUse second = QUESTION.asked();
    SessionId interrupted = asking(second);
    place.send(interrupted, new SessionEvent.UserInterrupt(EventId.next()));
    place.wake(interrupted, TestingModel.saying());
    HostQuestion.Asked asked = HostQuestion.in(place.sessions.readAll(interrupted));
    assertThat(asked.answers()).isEmpty();
    assertThat(asked.open()).isEmpty();
  }

  @Test
  void aCallThatAModelMakesUpAsksNobody() throws InterruptedException {
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(
            id,
            TestingModel.saying(
                calls(call(HostQuestion.CALL, "{\"host\":\"example.org\",\"port\":443}")),
                text("Oh.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(HostQuestion.in(place.sessions.readAll(id)))
        .isEqualTo(new HostQuestion.Asked(Map.of(), Map.of()));
  }

  @Test
  void requestsThatNeverStopDoNotKeepTheSessionFromGoingOn() throws InterruptedException {
    SessionId id = place.session("go");
    AtomicInteger times = new AtomicInteger();
    place.whileChoosing =
        () -> {
          assertThat(times.incrementAndGet()).as("decided anew").isLessThan(5);
          place.send(id, request());
        };
    SessionState rested = place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(times).hasValue(1);
  }
}
