package dev.paddock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.agent.TestingModel.Said;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A job of twelve calls, some of them side by side, killed at every append and at every stage of
 * every call.
 */
class CrashTest {
  private static final int STEPS = 12;
  private static final List<TestingHands.Stage> STAGES = List.of(TestingHands.Stage.values());
  private static final List<Integer> WIDTHS = List.of(1, 3, 2, 1, 4, 1);

  /** Does the steps that have no success yet, as many at once as the plan says. */
  private static Said next(ModelRequest request) {
    Set<Integer> done = new TreeSet<>();
    int turns = 0;
    for (Message message : request.messages()) {
      if (message instanceof Message.Assistant) {
        turns++;
      }
      if (message instanceof Message.ToolResult result && !result.isError()) {
        done.add(Integer.parseInt(ContentBlock.textOf(result.content())));
      }
    }
    ModelEvent.ToolCall[] calls =
        IntStream.range(0, STEPS)
            .boxed()
            .filter(step -> !done.contains(step))
            .limit(WIDTHS.get(turns % WIDTHS.size()))
            .map(step -> TestingModel.call("bash", "{\"step\":%d}".formatted(step)))
            .toArray(ModelEvent.ToolCall[]::new);
    return calls.length == 0 ? TestingModel.text("All done.") : TestingModel.calls(calls);
  }

  private static TestingPlace place() {
    TestingPlace place = new TestingPlace();
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> ToolResult.ok(invocation.input().path("step").asText()));
    return place;
  }

  private static TestingModel model() {
    return new TestingModel(TestingModel.strong(), CrashTest::next);
  }

  /** Wakes the session; true when the process was killed. */
  private static boolean dies(TestingPlace place, SessionId id) throws InterruptedException {
    try {
      place.wake(id, model());
      return false;
    } catch (TestingSessions.Killed e) {
      place.sessions.restart();
      place.clock.advance(Duration.ofMinutes(1));
      return true;
    }
  }

  private static void finish(TestingPlace place, SessionId id) throws InterruptedException {
    place.hands.dieAt((call, stage) -> false);
    SessionState rested = place.wake(id, model());
    assertThat(rested.status()).isEqualTo(SessionStatus.IDLE);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(rested.openCalls()).isEmpty();
    assertWhole(place, id);
    assertThat(place.sessions.events(id, SessionEvent.AgentMessage.class))
        .as("the answer once to each message that got one")
        .hasSizeBetween(1, place.sessions.events(id, SessionEvent.UserMessage.class).size());
  }

  private static void assertWhole(TestingPlace place, SessionId id) {
    List<SessionEvent> events = place.sessions.events(id);
    assertThat(new HashSet<>(events.stream().map(SessionEvent::id).toList()))
        .as("no event twice")
        .hasSameSizeAs(events);
    List<SessionEvent.AgentToolUse> calls =
        place.sessions.events(id, SessionEvent.AgentToolUse.class);
    List<SessionEvent.AgentToolResult> results =
        place.sessions.events(id, SessionEvent.AgentToolResult.class);
    assertThat(results.stream().map(SessionEvent.AgentToolResult::callId))
        .as("each call exactly one result")
        .containsExactlyInAnyOrderElementsOf(
            calls.stream().map(SessionEvent.AgentToolUse::id).toList());
    Map<EventId, Integer> effects = place.hands.effects();
    assertThat(effects.values()).as("no effect twice").allMatch(count -> count == 1);
    assertThat(effects.keySet())
        .as("no effect without its call in the log")
        .isSubsetOf(calls.stream().map(SessionEvent.AgentToolUse::id).toList());
    Map<EventId, Integer> stepOf =
        calls.stream()
            .collect(
                Collectors.toMap(
                    SessionEvent.AgentToolUse::id, call -> call.input().path("step").asInt()));
    Set<Integer> succeeded = new TreeSet<>();
    for (SessionEvent.AgentToolResult result : results) {
      if (!result.isError()) {
        assertThat(effects).as("no success without its effect").containsKey(result.callId());
        succeeded.add(stepOf.getOrDefault(result.callId(), -1));
      }
    }
    assertThat(succeeded).hasSize(STEPS);
    Set<EventId> ended =
        place.sessions.events(id, SessionEvent.ModelRequestEnd.class).stream()
            .map(SessionEvent.ModelRequestEnd::startId)
            .collect(Collectors.toSet());
    assertThat(place.sessions.events(id, SessionEvent.ModelRequestStart.class))
        .as("each model request has its end")
        .allMatch(start -> ended.contains(start.id()));
  }

  @Test
  void aJobThatIsNotKilled() throws InterruptedException {
    TestingPlace place = place();
    SessionId id = place.session("do all steps");
    finish(place, id);
    assertThat(place.sessions.events(id, SessionEvent.AgentToolUse.class)).hasSize(STEPS);
  }

  @Test
  void killedBeforeOrAfterAnyAppend() throws InterruptedException {
    int appends = appendsOfAWholeJob();
    for (int k = 1; k <= appends; k++) {
      for (boolean stored : List.of(false, true)) {
        TestingPlace place = place();
        SessionId id = place.session("do all steps");
        int at = k;
        place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
        assertThat(dies(place, id)).as("killed at append %d", k).isTrue();
        finish(place, id);
      }
    }
  }

  @Test
  void killedAtAnyStageOfAnyCall() throws InterruptedException {
    for (int call = 1; call <= STEPS; call++) {
      for (TestingHands.Stage stage : STAGES) {
        TestingPlace place = place();
        SessionId id = place.session("do all steps");
        int at = call;
        place.hands.dieAt((number, where) -> number == at && where == stage);
        assertThat(dies(place, id)).as("killed in call %d at %s", call, stage).isTrue();
        finish(place, id);
      }
    }
  }

  @Test
  void killedAgainAndAgain() throws InterruptedException {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      TestingPlace place = place();
      SessionId id = place.session("do all steps");
      for (int life = 0; life < 6; life++) {
        int first = place.sessions.appends() + 1 + random.nextInt(8);
        boolean stored = random.nextBoolean();
        int call = random.nextInt(40);
        TestingHands.Stage stage = STAGES.get(random.nextInt(STAGES.size()));
        place.sessions.killAt(n -> n == first && !stored, n -> n == first && stored);
        place.hands.dieAt((number, where) -> number == call && where == stage);
        dies(place, id);
      }
      place.sessions.restart();
      finish(place, id);
    }
  }

  @Test
  void interruptedJustBeforeAnyAppendAndSentOn() throws InterruptedException {
    int appends = appendsOfAWholeJob();
    for (int k = 1; k < appends; k++) {
      TestingPlace place = place();
      SessionId id = place.session("do all steps");
      int at = k;
      place.sessions.killAt(
          n -> {
            if (n == at) {
              place.send(id, new SessionEvent.UserInterrupt(EventId.next()));
            }
            return false;
          },
          n -> false);
      SessionState stopped = place.wake(id, model());
      assertThat(stopped.stopReason()).as("append %d", k).contains(new StopReason.EndTurn());
      assertThat(stopped.interrupted()).isFalse();
      assertThat(stopped.openCalls()).isEmpty();
      place.send(id, TestingPlace.message("go on"));
      finish(place, id);
    }
  }

  @Test
  void theModelIsToldOfACallThatMayHaveRun() throws InterruptedException {
    TestingPlace place = place();
    SessionId id = place.session("do all steps");
    place.hands.dieAt((number, where) -> number == 1 && where == TestingHands.Stage.EFFECT_DONE);
    assertThat(dies(place, id)).isTrue();
    finish(place, id);
    SessionEvent.AgentToolResult first =
        place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst();
    assertThat(first.isError()).isTrue();
    assertThat(ContentBlock.textOf(first.content()))
        .contains("interrupted")
        .contains("may have run");
  }

  @Test
  void anotherProcessCannotRunItMeanwhile() throws InterruptedException {
    TestingPlace place = place();
    SessionId id = place.session("do all steps");
    TestingModel asking =
        new TestingModel(
            TestingModel.strong(),
            request -> {
              throw new AssertionError("asked by a process without the lease");
            });
    place.sessions.leases.acquire("session/" + id, "elsewhere", Duration.ofSeconds(30));
    assertThat(place.loop(asking).wake(id)).isEmpty();
    assertThat(place.sessions.events(id)).hasSize(1);
  }

  private static int appendsOfAWholeJob() throws InterruptedException {
    TestingPlace place = place();
    SessionId id = place.session("do all steps");
    finish(place, id);
    int appends = place.sessions.appends();
    assertThat(appends).isEqualTo(28);
    return appends;
  }
}
