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
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class InterruptTest {
  private final TestingPlace place = new TestingPlace();
  private final CountDownLatch reached = new CountDownLatch(1);

  private TestingModel hanging() {
    return TestingModel.saying(
        Said.of(new Move.Say(new ModelEvent.TextDelta("Once upon")), new Move.Hang(reached)));
  }

  private SessionEvent.UserInterrupt interrupt() {
    return new SessionEvent.UserInterrupt(EventId.next());
  }

  private String onlyResult(SessionId id) {
    List<SessionEvent.AgentToolResult> results =
        place.sessions.events(id, SessionEvent.AgentToolResult.class);
    assertThat(results).hasSize(1);
    assertThat(results.getFirst().isError()).isTrue();
    return ContentBlock.textOf(results.getFirst().content());
  }

  @Test
  void cutsAModelRequest() throws InterruptedException {
    SessionId id = place.session("tell a story");
    CompletableFuture<Optional<SessionState>> run = place.start(id, hanging());
    reached.await();
    place.loop(TestingModel.saying()).interrupt(id, TestingPlace.PERSON);

    SessionState rested = TestingPlace.join(run).orElseThrow();

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    SessionEvent.ModelRequestEnd end =
        place.sessions.events(id, SessionEvent.ModelRequestEnd.class).getFirst();
    assertThat(end.isError()).isTrue();
    assertThat(end.stop()).contains("cancelled");
    assertThat(place.sessions.events(id, SessionEvent.AgentMessage.class)).isEmpty();
  }

  @Test
  void endsRunningCallsAndSaysThatTheyMayHaveRun() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              reached.countDown();
              new CountDownLatch(1).await();
              return ToolResult.ok("never");
            });
    SessionId id = place.session("wait");
    CompletableFuture<Optional<SessionState>> run =
        place.start(id, TestingModel.saying(calls(call("bash", "{}"))));
    reached.await();
    place.send(id, interrupt());

    SessionState rested = TestingPlace.join(run).orElseThrow();

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(onlyResult(id)).contains("interrupted").contains("may have run");
  }

  @Test
  void doesNotWaitForACallThatIgnoresIt() throws InterruptedException {
    CountDownLatch forever = new CountDownLatch(1);
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              reached.countDown();
              boolean done = false;
              while (!done) {
                try {
                  forever.await();
                  done = true;
                } catch (InterruptedException e) {
                  // as stubborn as a tool can be
                }
              }
              return ToolResult.ok("late");
            });
    SessionId id = place.session("wait");
    CompletableFuture<Optional<SessionState>> run =
        place.start(id, TestingModel.saying(calls(call("bash", "{}"))));
    reached.await();
    place.send(id, interrupt());
    SessionState rested = TestingPlace.join(run).orElseThrow();
    forever.countDown();

    assertThat(rested.status()).isEqualTo(SessionStatus.IDLE);
    assertThat(onlyResult(id)).contains("may have run");
  }

  @Test
  void keepsTheResultOfACallThatEndsOrderly() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              reached.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                return ToolResult.error("stopped after 3 of 9 files");
              }
              return ToolResult.ok("never");
            });
    SessionId id = place.session("wait");
    CompletableFuture<Optional<SessionState>> run =
        place.start(id, TestingModel.saying(calls(call("bash", "{}"))));
    reached.await();
    place.send(id, interrupt());
    TestingPlace.join(run);
    assertThat(onlyResult(id)).isEqualTo("stopped after 3 of 9 files");
  }

  @Test
  void aMessageAfterItIsAnsweredAndOneBeforeItIsNot() throws InterruptedException {
    SessionId id = place.session("first");
    place.send(id, interrupt());
    SessionState rested = place.wake(id, TestingModel.saying());
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(rested.runnable()).isFalse();

    place.send(id, TestingPlace.message("second"));
    TestingModel model = TestingModel.saying(text("Done."));
    place.wake(id, model);
    assertThat(model.requests().getFirst().messages())
        .containsExactly(Message.User.of("first"), Message.User.of("second"));
  }

  @Test
  void anInterruptWithANewMessageGoesOnWithTheMessage() throws InterruptedException {
    SessionId id = place.session("tell a story");
    TestingModel model = TestingModel.saying(Said.of(new Move.Hang(reached)), text("As you wish."));
    CompletableFuture<Optional<SessionState>> run = place.start(id, model);
    reached.await();
    place.send(id, interrupt(), TestingPlace.message("stop, do this instead"));
    TestingPlace.join(run);

    assertThat(place.sessions.events(id, SessionEvent.StatusIdle.class)).hasSize(2);
    assertThat(place.sessions.events(id, SessionEvent.AgentMessage.class)).hasSize(1);
  }

  @Test
  void endsTheWaitBeforeARetry() throws InterruptedException {
    place.sleeper =
        duration -> {
          reached.countDown();
          new CountDownLatch(1).await();
        };
    SessionId id = place.session("go");
    CompletableFuture<Optional<SessionState>> run =
        place.start(
            id,
            TestingModel.saying(
                TestingModel.fails(new ModelException(ErrorCode.OVERLOADED, "busy"))));
    reached.await();
    place.send(id, interrupt());
    assertThat(TestingPlace.join(run).orElseThrow().stopReason())
        .contains(new StopReason.EndTurn());
  }

  @Test
  void endsWhatWaitsForAPerson() throws InterruptedException {
    place.agent =
        AgentDefinitions.withTools(new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()));
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    place.send(id, interrupt());
    SessionState rested = place.wake(id, TestingModel.saying());
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(onlyResult(id)).contains("was not run");
    assertThat(place.hands.invocations()).isEmpty();
  }

  @Test
  void aLostLeaseStopsTheLoopWithoutAnotherAppend() throws InterruptedException {
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(
            Said.of(
                new Move.Run(() -> place.sessions.leases.steal("session/" + id)),
                new Move.Say(new ModelEvent.TextDelta("Mine!")),
                TestingModel.end(ModelEvent.EndReason.END_TURN)));

    assertThat(place.loop(model).wake(id)).isEmpty();

    assertThat(place.sessions.events(id).getLast())
        .isInstanceOf(SessionEvent.ModelRequestStart.class);
    assertThat(place.sessions.leases.find("session/" + id).orElseThrow().holder())
        .isEqualTo("thief");
  }

  @Test
  void aLostLeaseCutsARunningRequest() throws InterruptedException {
    place.settings =
        new LoopSettings(
            "here",
            Duration.ofMillis(30),
            Duration.ofMillis(5),
            Duration.ofMillis(100),
            8,
            Map.of(),
            Duration.ofSeconds(30),
            2_000,
            false);
    SessionId id = place.session("tell a story");
    CompletableFuture<Optional<SessionState>> run = place.start(id, hanging());
    reached.await();
    place.sessions.leases.steal("session/" + id);
    assertThat(TestingPlace.join(run)).isEmpty();
    assertThat(place.sessions.events(id).getLast())
        .isInstanceOf(SessionEvent.ModelRequestStart.class);
  }

  @Test
  void aTerminatedSessionGetsNoMoreEvents() throws InterruptedException {
    SessionId id = place.session("tell a story");
    CompletableFuture<Optional<SessionState>> run = place.start(id, hanging());
    reached.await();
    place.send(id, new SessionEvent.StatusTerminated(EventId.next()));
    assertThat(TestingPlace.join(run).orElseThrow().status()).isEqualTo(SessionStatus.TERMINATED);
    assertThat(place.sessions.events(id).getLast())
        .isInstanceOf(SessionEvent.StatusTerminated.class);
  }

  @Test
  void aThreadInterruptLeavesTheSessionToTheNextWake() throws InterruptedException {
    SessionId id = place.session("tell a story");
    CompletableFuture<Void> left = new CompletableFuture<>();
    TestingModel model = hanging();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    place.loop(model).wake(id);
                    left.complete(null);
                  } catch (InterruptedException e) {
                    left.completeExceptionally(e);
                  }
                });
    reached.await();
    thread.interrupt();
    assertThatThrownBy(left::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);

    SessionState rested = place.wake(id, TestingModel.saying(text("The end.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(place.sessions.events(id, SessionEvent.AgentMessage.class)).hasSize(1);
  }
}
