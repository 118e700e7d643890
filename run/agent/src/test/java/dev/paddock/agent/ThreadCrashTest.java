package dev.paddock.agent;

import static dev.paddock.agent.TestingDelegation.askingModel;
import static dev.paddock.agent.TestingDelegation.model;
import static dev.paddock.agent.TestingDelegation.once;
import static dev.paddock.agent.TestingDelegation.task;
import static dev.paddock.agent.TestingModel.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.EventId;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.SessionRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A process is killed while agents work for each other. */
class ThreadCrashTest {
  private TestingDelegation work = new TestingDelegation();

  @Test
  void killedBeforeOrAfterAnyAppendHereOrBelow() throws InterruptedException {
    int appends = delegatedOnce(0, false);
    assertThat(appends).isGreaterThan(15);
    for (int k = 1; k <= appends; k++) {
      delegatedOnce(k, false);
      delegatedOnce(k, true);
    }
  }

  /** Two threads, each with a call of a tool, killed once. */
  private int delegatedOnce(int at, boolean stored) throws InterruptedException {
    work = new TestingDelegation();
    SessionId id = work.session("have both done");
    TestingModel model =
        model(
            request -> once(request, task("one"), task("two")),
            request -> once(request, call("bash", "{}")));
    if (at > 0) {
      work.place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
      try {
        work.place.wake(id, model);
      } catch (TestingSessions.Killed e) {
        // the next life finds what it left
      }
      work.joinThreads();
      work.place.sessions.restart();
      work.place.clock.advance(Duration.ofMinutes(1));
      // what a node does at its start
      for (SessionRecord thread : work.threads(id)) {
        if (work.place.sessions.state(thread.id()).runnable()) {
          work.place.wake(thread.id(), model);
        }
      }
    }
    SessionState rested = work.place.wake(id, model);
    work.joinThreads();
    String what = "killed %s append %d".formatted(stored ? "after" : "before", at);
    assertThat(rested.stopReason()).as(what).contains(new StopReason.EndTurn());
    assertThat(work.threads(id)).as(what).hasSize(2);
    assertThat(work.results(id))
        .as(what)
        .hasSize(2)
        .noneMatch(SessionEvent.AgentToolResult::isError);
    assertThat(work.place.sessions.events(id, SessionEvent.AgentThreadMessageSent.class))
        .hasSize(2);
    assertThat(work.types(id).stream().filter("session.thread_created"::equals)).hasSize(2);
    assertThat(work.place.hands.effects().values()).as(what).hasSize(2).allMatch(n -> n == 1);
    assertThat(
            new HashSet<>(work.place.sessions.events(id).stream().map(SessionEvent::id).toList()))
        .hasSameSizeAs(work.place.sessions.events(id));
    for (SessionRecord thread : work.threads(id)) {
      assertThat(
              work.place.sessions.events(
                  thread.id(), SessionEvent.AgentThreadMessageReceived.class))
          .as("asked once")
          .hasSize(1);
      assertThat(work.place.sessions.state(thread.id()).status()).isEqualTo(SessionStatus.IDLE);
    }
    return work.place.sessions.appends();
  }

  @Test
  void killedWhileAnAnswerIsHandedOn() throws InterruptedException {
    int appends = answeredOnce(0, false);
    for (int k = 1; k <= appends; k++) {
      answeredOnce(k, false);
      answeredOnce(k, true);
    }
  }

  private int answeredOnce(int at, boolean stored) throws InterruptedException {
    work = new TestingDelegation();
    work.helperAsks();
    SessionId id = work.session("have it done");
    work.place.wake(id, askingModel());
    SessionId thread = work.threads(id).getFirst().id();
    EventId call =
        work.place.sessions.events(thread, SessionEvent.AgentToolUse.class).getFirst().id();
    work.place.send(
        id,
        new SessionEvent.UserToolConfirmation(
            EventId.next(), call, Permission.ALLOW, Optional.empty()));
    int before = work.place.sessions.appends();
    if (at > 0) {
      work.place.sessions.killAt(n -> n == before + at && !stored, n -> n == before + at && stored);
      try {
        work.place.wake(id, askingModel());
      } catch (TestingSessions.Killed e) {
        // the next life finds what it left
      }
      work.joinThreads();
      work.place.sessions.restart();
      work.place.clock.advance(Duration.ofMinutes(1));
    }
    SessionState rested = work.place.wake(id, askingModel());
    work.joinThreads();
    assertThat(rested.stopReason()).as("at %d", at).contains(new StopReason.EndTurn());
    assertThat(work.place.hands.effects()).containsExactly(Map.entry(call, 1));
    assertThat(work.place.sessions.events(thread, SessionEvent.UserToolConfirmation.class))
        .hasSize(1);
    assertThat(work.results(id)).hasSize(1).noneMatch(SessionEvent.AgentToolResult::isError);
    return work.place.sessions.appends() - before;
  }
}
