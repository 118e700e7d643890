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
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Retries, budgets, timeouts, and models that go in circles. */
class LimitsTest {
  private final TestingPlace place = new TestingPlace();

  private static Said busy() {
    return TestingModel.fails(new ModelException(ErrorCode.OVERLOADED, "the model is busy"));
  }

  private List<String> retryStatuses(SessionId id) {
    return place.sessions.events(id, SessionEvent.SessionError.class).stream()
        .map(error -> error.error().path("retry_status").path("type").asText())
        .toList();
  }

  private String errorCode(SessionId id) {
    return place
        .sessions
        .events(id, SessionEvent.SessionError.class)
        .getLast()
        .error()
        .path("code")
        .asText();
  }

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
    assertThat(errorCode(id)).isEqualTo("unauthenticated");
    assertThat(place.sleeps).isEmpty();
  }

  @Test
  void aDefectOfAnAdapterEndsTheTurnAndNotTheProcess() throws InterruptedException {
    SessionId id = place.session("go");
    SessionState rested =
        place.wake(id, TestingModel.saying(TestingModel.fails(new IllegalStateException("oops"))));
    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(errorCode(id)).isEqualTo("internal");
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
    assertThat(errorCode(id)).isEqualTo("invalid_request");
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
    assertThat(errorCode(id)).isEqualTo("isolation_missing");
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
  void aModelThatGoesInCirclesIsToldOnceAndThenStopped() throws InterruptedException {
    SessionId id = place.session("go");
    TestingModel model =
        new TestingModel(
            TestingModel.strong(), request -> calls(call("bash", "{\"command\":\"ls\"}")));
    SessionState rested = place.wake(id, model);

    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(errorCode(id)).isEqualTo("no_progress");
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
    assertThat(errorCode(id)).isEqualTo("no_progress");
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
    assertThat(errorCode(id)).isEqualTo("limit_exceeded");
  }
}
