package dev.paddock.agent;

import static dev.paddock.agent.TestingDelegation.askingModel;
import static dev.paddock.agent.TestingDelegation.hasResult;
import static dev.paddock.agent.TestingDelegation.last;
import static dev.paddock.agent.TestingDelegation.model;
import static dev.paddock.agent.TestingDelegation.once;
import static dev.paddock.agent.TestingDelegation.task;
import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** An agent gives work to others, which do it in threads of their own. */
class ThreadsTest {
  private final TestingDelegation work = new TestingDelegation();
  private final TestingPlace place = work.place;

  @Test
  void anAnswerBecomesTheCallsResult() throws InterruptedException {
    SessionId id = work.session("have it done");
    TestingModel model =
        model(request -> once(request, task("count")), request -> text("There are 7."));
    SessionState rested = place.wake(id, model);

    SessionId thread = work.threads(id).getFirst().id();
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(work.types(id))
        .containsSubsequence(
            "agent.tool_use",
            "session.thread_created",
            "agent.thread_message_sent",
            "session.thread_status_running",
            "agent.thread_message_received",
            "agent.tool_result",
            "session.thread_status_idle",
            "agent.message");
    assertThat(ContentBlock.textOf(work.results(id).getFirst().content()))
        .startsWith("There are 7.")
        .contains(thread.threadId());
    assertThat(work.types(thread)).startsWith("agent.thread_message_received");
    assertThat(place.sessions.state(thread).status()).isEqualTo(SessionStatus.IDLE);
    assertThat(rested.usage().total()).as("two turns here, one below").isEqualTo(45);
    assertThat(model.requests().stream().filter(TestingDelegation::helps))
        .as("no thread has threads")
        .allSatisfy(
            request ->
                assertThat(request.tools())
                    .extracting(ToolDefinition::name)
                    .doesNotContain(Roster.DELEGATE));
  }

  @Test
  void severalWorkSideBySide() throws InterruptedException {
    SessionId id = work.session("have both done");
    CountDownLatch both = new CountDownLatch(2);
    TestingModel model =
        model(
            request -> once(request, task("one"), task("two")),
            request -> {
              both.countDown();
              try {
                both.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return text("Did " + last(request));
            });
    place.wake(id, model);
    assertThat(work.threads(id)).hasSize(2);
    assertThat(work.results(id))
        .extracting(result -> ContentBlock.textOf(result.content()).lines().findFirst())
        .containsExactlyInAnyOrder(Optional.of("Did one"), Optional.of("Did two"));
  }

  @Test
  void aThreadGoesOnWhenItIsNamed() throws InterruptedException {
    SessionId id = work.session("have it done");
    place.wake(id, model(request -> once(request, task("count")), request -> text("There are 7.")));
    String thread = work.threads(id).getFirst().id().threadId();
    place.send(id, TestingPlace.message("and again"));
    TestingModel model =
        model(
            request ->
                last(request).equals("and again")
                    ? calls(
                        call(
                            Roster.DELEGATE,
                            Json.write(
                                Json.object()
                                    .put("agent", "helper")
                                    .put("message", "recount")
                                    .put("thread", thread))))
                    : text("Fine."),
            request -> text("Still 7."));
    place.wake(id, model);
    assertThat(work.threads(id)).hasSize(1);
    assertThat(ContentBlock.textOf(work.results(id).getLast().content())).startsWith("Still 7.");
    ModelRequest below =
        model.requests().stream().filter(TestingDelegation::helps).findFirst().get();
    assertThat(below.messages()).as("it remembers").hasSize(3);
  }

  @Test
  void anothersThreadIsNotReached() throws InterruptedException {
    SessionId other = work.session("have it done");
    place.wake(
        other, model(request -> once(request, task("count")), request -> text("There are 7.")));
    String thread = work.threads(other).getFirst().id().threadId();
    SessionId id = work.session("spy");
    for (String named : List.of(thread, other.threadId(), "sthr_none", "../x")) {
      place.send(id, TestingPlace.message("try"));
      place.wake(
          id,
          model(
              request ->
                  last(request).startsWith("There is no thread")
                      ? text("No.")
                      : calls(
                          call(
                              Roster.DELEGATE,
                              Json.write(
                                  Json.object()
                                      .put("agent", "helper")
                                      .put("message", "tell me")
                                      .put("thread", named)))),
              request -> text("secret")));
    }
    assertThat(work.results(id)).hasSize(4).allMatch(SessionEvent.AgentToolResult::isError);
    assertThat(place.sessions.events(work.threads(other).getFirst().id(), SessionEvent.class))
        .hasSize(place.sessions.state(work.threads(other).getFirst().id()).turns() * 3 + 4);
  }

  @Test
  void aLongThreadIsFollowedWithoutReadingItsLogAgain() throws InterruptedException {
    SessionId id = work.session("have it done");
    int turns = 60;
    TestingModel model =
        model(
            request -> once(request, task("count")),
            request -> {
              long done =
                  request.messages().stream().filter(Message.ToolResult.class::isInstance).count();
              return done < turns
                  ? calls(call("bash", "{\"n\":%d}".formatted(done)))
                  : text("Counted.");
            });
    place.wake(id, model);
    work.joinThreads();
    SessionId thread = work.threads(id).getFirst().id();
    long read = place.sessions.entriesRead(thread);
    long size = place.sessions.events(thread).size();
    assertThat(size).isGreaterThan(turns * 4L);
    assertThat(read).as("its loop, its watch and the session above").isLessThan(5 * size);
  }

  @Test
  void aThreadThatCannotBeFollowedIsAFailureOfTheStore() throws InterruptedException {
    SessionId id = work.session("have it done");
    place.sessions.unheard(other -> !other.equals(id));
    TestingModel model =
        model(request -> once(request, task("count")), request -> text("There are 7."));
    assertThatThrownBy(() -> place.wake(id, model))
        .isInstanceOf(TestingSessions.StoreException.class)
        .hasMessage("no more subscriptions");
    work.joinThreads();
    place.sessions.unheard(other -> false);
    assertThat(place.wake(id, model).stopReason()).contains(new StopReason.EndTurn());
    assertThat(work.results(id)).singleElement().matches(result -> !result.isError());
  }

  @Test
  void aCallOfAThreadIsAskedForAbove() throws InterruptedException {
    work.helperAsks();
    SessionId id = work.session("have it done");
    SessionState waiting = place.wake(id, askingModel());
    SessionId thread = work.threads(id).getFirst().id();
    EventId call = place.sessions.events(thread, SessionEvent.AgentToolUse.class).getFirst().id();
    assertThat(waiting.stopReason()).contains(new StopReason.RequiresAction(List.of(call)));
    assertThat(waiting.runnable()).isFalse();
    SessionEvent.AgentToolUse posted =
        place.sessions.events(id, SessionEvent.AgentToolUse.class).getLast();
    assertThat(posted.id()).isEqualTo(call);
    assertThat(posted.threadId()).contains(thread.threadId());

    place.send(
        id,
        new SessionEvent.UserToolConfirmation(
            EventId.next(), call, Permission.ALLOW, Optional.empty()));
    assertThat(place.sessions.state(id).runnable()).isTrue();
    SessionState rested = place.wake(id, askingModel());
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(place.hands.effects()).containsExactly(Map.entry(call, 1));
    assertThat(ContentBlock.textOf(work.results(id).getFirst().content())).contains("did bash");
    assertThat(
            place.sessions.readAll(thread).stream()
                .filter(entry -> entry.event() instanceof SessionEvent.UserToolConfirmation)
                .map(entry -> entry.principal()))
        .as("who answered stands in the thread's log")
        .containsExactly(TestingPlace.PERSON);
  }

  @Test
  void anInterruptReachesTheThreads() throws InterruptedException {
    SessionId id = work.session("have it done");
    CountDownLatch working = new CountDownLatch(1);
    TestingModel model =
        model(
            request -> once(request, task("count")),
            request -> TestingModel.Said.of(new TestingModel.Move.Hang(working)));
    var rested = place.start(id, model);
    working.await();
    place.send(id, new SessionEvent.UserInterrupt(EventId.next()));
    TestingPlace.join(rested);
    work.joinThreads();
    SessionId thread = work.threads(id).getFirst().id();
    assertThat(place.sessions.state(id).stopReason()).contains(new StopReason.EndTurn());
    assertThat(work.results(id)).singleElement().matches(SessionEvent.AgentToolResult::isError);
    assertThat(place.sessions.events(thread, SessionEvent.UserInterrupt.class)).hasSize(1);
    assertThat(place.sessions.state(thread).status()).isEqualTo(SessionStatus.IDLE);
    assertThat(place.sessions.state(thread).openModelRequest()).isEmpty();
  }

  @Test
  void oneThreadIsInterruptedAndTheOthersWorkOn() throws InterruptedException {
    SessionId id = work.session("have both done");
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TestingModel model =
        model(
            request -> hasResult(request) ? text("Done.") : calls(task("hang"), task("work")),
            request -> {
              if (last(request).equals("hang")) {
                return TestingModel.Said.of(new TestingModel.Move.Hang(working));
              }
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return text("worked");
            });
    var rested = place.start(id, model);
    working.await();
    SessionEvent.AgentThreadMessageSent sent =
        place.sessions.events(id, SessionEvent.AgentThreadMessageSent.class).stream()
            .filter(one -> ContentBlock.textOf(one.content()).equals("hang"))
            .findFirst()
            .orElseThrow();
    place.send(id, new SessionEvent.UserInterrupt(EventId.next(), Optional.of(sent.toThreadId())));
    while (place.sessions.state(SessionId.ofThread(sent.toThreadId())).turns() == 0
        && place
            .sessions
            .events(SessionId.ofThread(sent.toThreadId()), SessionEvent.StatusIdle.class)
            .isEmpty()) {
      Thread.onSpinWait();
    }
    go.countDown();
    TestingPlace.join(rested);
    assertThat(work.results(id)).hasSize(2);
    assertThat(work.results(id).stream().filter(SessionEvent.AgentToolResult::isError))
        .singleElement()
        .satisfies(
            result -> assertThat(ContentBlock.textOf(result.content())).contains("interrupted"));
    assertThat(place.sessions.state(id).stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void aThreadIsInterruptedWhileItsSessionRunsACallOfItsOwn() throws InterruptedException {
    SessionId id = work.session("have it done");
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              go.await();
              return ToolResult.ok("did " + tool);
            });
    TestingModel model =
        model(
            request -> once(request, task("hang"), call("bash", "{}")),
            request -> TestingModel.Said.of(new TestingModel.Move.Hang(working)));
    var rested = place.start(id, model);
    working.await();
    SessionId thread = work.threads(id).getFirst().id();
    place.send(id, new SessionEvent.UserInterrupt(EventId.next(), Optional.of(thread.threadId())));
    while (place.sessions.state(thread).status() != SessionStatus.IDLE) {
      Thread.onSpinWait();
    }
    assertThat(work.results(id)).as("its own call still runs").isEmpty();
    go.countDown();
    TestingPlace.join(rested);
    assertThat(work.results(id)).hasSize(2);
    assertThat(place.sessions.events(thread, SessionEvent.UserInterrupt.class)).hasSize(1);
    assertThat(place.sessions.state(id).stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void aThreadThatRefusesIsAnError() throws InterruptedException {
    SessionId id = work.session("have it done");
    place.wake(
        id,
        model(
            request -> once(request, task("count")),
            request -> TestingModel.Said.of(TestingModel.end(ModelEvent.EndReason.REFUSAL))));
    assertThat(work.results(id).getFirst().isError()).isTrue();
    assertThat(ContentBlock.textOf(work.results(id).getFirst().content())).contains("refused");
  }

  @Test
  void aRosterHasALimit() {
    assertThatThrownBy(
            () ->
                work.document(
                    Collections.nCopies(21, work.delegate())
                        .toArray(SessionDocument.Delegate[]::new)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("at most 20");
  }
}
