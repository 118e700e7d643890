package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Turns, tokens, money and time at work are bounded. */
class BudgetTest {
  private final TestingPlace place = new TestingPlace();

  private static String stopDetail(SessionState state, TestingPlace place, SessionId id) {
    assertThat(state.stopReason()).contains(new StopReason.BudgetReached());
    return place
        .sessions
        .events(id, SessionEvent.StatusIdle.class)
        .getLast()
        .stopDetails()
        .orElseThrow()
        .path("budget")
        .asText();
  }

  @Test
  void turnsAreBounded() throws InterruptedException {
    place.agent = AgentDefinitions.withBudget(Budget.ofTurns(2));
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(id, TestingModel.saying(calls(call("bash", "{}")), calls(call("read", "{}"))));
    assertThat(stopDetail(rested, place, id)).isEqualTo("turns");
    assertThat(rested.openCalls()).isEmpty();
  }

  @Test
  void tokensAreBounded() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.of(15L), Optional.empty(), Optional.empty()));
    SessionId id = place.session("go");
    SessionState rested = place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    assertThat(stopDetail(rested, place, id)).isEqualTo("tokens");
  }

  @Test
  void moneyIsBounded() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(0.01)));
    place.price = Optional.of(usage -> usage.total() * 0.001);
    SessionId id = place.session("go");
    SessionState rested = place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    assertThat(rested.costUsd()).isEqualTo(0.015);
    assertThat(stopDetail(rested, place, id)).isEqualTo("usd");
  }

  @Test
  void aMoneyBudgetNeedsAPrice() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(0.01)));
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying());
    assertThat(place.errorCode(id)).isEqualTo("invalid_request");
  }

  @Test
  void timeAtWorkIsBoundedAndCutsARunningCall() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.empty(), Optional.of(60L), Optional.empty()));
    CountDownLatch reached = new CountDownLatch(1);
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              reached.countDown();
              new CountDownLatch(1).await();
              return ToolResult.ok("never");
            });
    SessionId id = place.session("go");
    CompletableFuture<Optional<SessionState>> run =
        place.start(id, TestingModel.saying(calls(call("bash", "{}"))));
    reached.await();
    place.clock.advance(Duration.ofSeconds(20));
    place.sessions.append(
        id,
        Append.acknowledged(
            NewEvent.of(new SessionEvent.SessionUpdated(EventId.next(), Json.object()))));
    place.clock.advance(Duration.ofSeconds(9));
    assertThat(run).isNotDone();
    place.clock.advance(Duration.ofSeconds(31));

    SessionState rested = TestingPlace.join(run).orElseThrow();
    assertThat(stopDetail(rested, place, id)).isEqualTo("seconds");
    assertThat(place.sessions.events(id, SessionEvent.AgentToolResult.class)).hasSize(1);
  }

  @Test
  void timeThatWaitsForAPersonDoesNotCount() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.empty(), Optional.of(60L), Optional.empty()));
    place.clientTools = List.of(TestingPlace.tool("pick"));
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("pick", "{}"))));
    place.clock.advance(Duration.ofDays(3));
    place.send(
        id,
        new SessionEvent.UserCustomToolResult(
            EventId.next(),
            place.sessions.events(id, SessionEvent.Call.class).getFirst().id(),
            List.of(ContentBlock.text("one")),
            false));
    SessionState rested = place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void timeInWhichNoProcessWasThereDoesNotCount() throws InterruptedException {
    place.agent =
        AgentDefinitions.withBudget(
            new Budget(Optional.empty(), Optional.empty(), Optional.of(60L), Optional.empty()));
    SessionId id = place.session("go");
    place.sessions.killAt(n -> n == 3, n -> false);
    assertThatThrownBy(() -> place.wake(id, TestingModel.saying(calls(call("bash", "{}")))))
        .isInstanceOf(TestingSessions.Killed.class);
    place.sessions.restart();
    place.clock.advance(Duration.ofDays(2));
    SessionState rested = place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
  }
}
