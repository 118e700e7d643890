package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** An agent gives work to others, which do it in threads of their own. */
class ThreadsTest {
  private TestingPlace place = new TestingPlace();
  private AgentDefinition helper = AgentDefinition.of("helper", "Helps.", "You help.");

  private ObjectNode document(SessionDocument.Delegate... roster) {
    SessionDocument plain = SessionDocument.of(place.agent);
    return new SessionDocument(
            plain.agent(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            List.of(roster),
            Optional.empty())
        .into(Json.object());
  }

  private SessionDocument.Delegate delegate() {
    return new SessionDocument.Delegate(
        "helper", "Helps.", SessionDocument.of(helper).into(Json.object()));
  }

  private SessionId session(String prompt) {
    SessionId id = place.sessions.create(document(delegate()));
    place.send(id, TestingPlace.message(prompt));
    return id;
  }

  private static boolean helps(ModelRequest request) {
    return request.system().orElse("").startsWith("You help.");
  }

  private static ModelEvent.ToolCall task(String message) {
    return call(
        Roster.DELEGATE, Json.write(Json.object().put("agent", "helper").put("message", message)));
  }

  /** The text that the model read last. */
  private static String last(ModelRequest request) {
    return switch (request.messages().getLast()) {
      case Message.User m -> ContentBlock.textOf(m.content());
      case Message.ToolResult m -> ContentBlock.textOf(m.content());
      case Message.Assistant m -> m.text();
      case Message.Instruction m -> m.text();
    };
  }

  private static boolean hasResult(ModelRequest request) {
    return request.messages().stream().anyMatch(Message.ToolResult.class::isInstance);
  }

  private static TestingModel model(
      Function<ModelRequest, TestingModel.Said> above,
      Function<ModelRequest, TestingModel.Said> below) {
    return new TestingModel(
        TestingModel.strong(),
        request -> helps(request) ? below.apply(request) : above.apply(request));
  }

  private static TestingModel.Said once(ModelRequest request, ModelEvent.ToolCall... first) {
    return hasResult(request) ? text("Told: " + last(request)) : calls(first);
  }

  private List<SessionRecord> threads(SessionId parent) {
    return place.sessions.list(SessionFilter.newest(100).withParent(parent));
  }

  private List<String> types(SessionId id) {
    return place.sessions.events(id).stream().map(SessionEvent::type).toList();
  }

  private List<SessionEvent.AgentToolResult> results(SessionId id) {
    return place.sessions.events(id, SessionEvent.AgentToolResult.class);
  }

  @Test
  void anAnswerBecomesTheCallsResult() throws InterruptedException {
    SessionId id = session("have it done");
    TestingModel model =
        model(request -> once(request, task("count")), request -> text("There are 7."));
    SessionState rested = place.wake(id, model);

    SessionId thread = threads(id).getFirst().id();
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(types(id))
        .containsSubsequence(
            "agent.tool_use",
            "session.thread_created",
            "agent.thread_message_sent",
            "session.thread_status_running",
            "agent.thread_message_received",
            "agent.tool_result",
            "session.thread_status_idle",
            "agent.message");
    assertThat(ContentBlock.textOf(results(id).getFirst().content()))
        .startsWith("There are 7.")
        .contains(thread.threadId());
    assertThat(types(thread)).startsWith("agent.thread_message_received");
    assertThat(place.sessions.state(thread).status()).isEqualTo(SessionStatus.IDLE);
    assertThat(rested.usage().total()).as("two turns here, one below").isEqualTo(45);
    assertThat(model.requests().stream().filter(ThreadsTest::helps))
        .as("no thread has threads")
        .allSatisfy(
            request ->
                assertThat(request.tools())
                    .extracting(ToolDefinition::name)
                    .doesNotContain(Roster.DELEGATE));
  }

  @Test
  void severalWorkSideBySide() throws InterruptedException {
    SessionId id = session("have both done");
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
    assertThat(threads(id)).hasSize(2);
    assertThat(results(id))
        .extracting(result -> ContentBlock.textOf(result.content()).lines().findFirst())
        .containsExactlyInAnyOrder(Optional.of("Did one"), Optional.of("Did two"));
  }

  @Test
  void aThreadGoesOnWhenItIsNamed() throws InterruptedException {
    SessionId id = session("have it done");
    place.wake(id, model(request -> once(request, task("count")), request -> text("There are 7.")));
    String thread = threads(id).getFirst().id().threadId();
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
    assertThat(threads(id)).hasSize(1);
    assertThat(ContentBlock.textOf(results(id).getLast().content())).startsWith("Still 7.");
    ModelRequest below = model.requests().stream().filter(ThreadsTest::helps).findFirst().get();
    assertThat(below.messages()).as("it remembers").hasSize(3);
  }

  @Test
  void anothersThreadIsNotReached() throws InterruptedException {
    SessionId other = session("have it done");
    place.wake(
        other, model(request -> once(request, task("count")), request -> text("There are 7.")));
    String thread = threads(other).getFirst().id().threadId();
    SessionId id = session("spy");
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
    assertThat(results(id)).hasSize(4).allMatch(SessionEvent.AgentToolResult::isError);
    assertThat(place.sessions.events(threads(other).getFirst().id(), SessionEvent.class))
        .hasSize(place.sessions.state(threads(other).getFirst().id()).turns() * 3 + 4);
  }

  @Test
  void aLongThreadIsFollowedWithoutReadingItsLogAgain() throws InterruptedException {
    SessionId id = session("have it done");
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
    joinThreads();
    SessionId thread = threads(id).getFirst().id();
    long read = place.sessions.entriesRead(thread);
    long size = place.sessions.events(thread).size();
    assertThat(size).isGreaterThan(turns * 4L);
    assertThat(read).as("its loop, its watch and the session above").isLessThan(5 * size);
  }

  private void helperAsks() {
    helper =
        new AgentDefinition(
            "helper",
            "Helps.",
            "You help.",
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of(new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()))),
            List.of(),
            Optional.empty(),
            EnvironmentRule.NONE,
            Budget.NONE);
  }

  private static TestingModel askingModel() {
    return model(
        request -> once(request, task("run it")), request -> once(request, call("bash", "{}")));
  }

  @Test
  void aCallOfAThreadIsAskedForAbove() throws InterruptedException {
    helperAsks();
    SessionId id = session("have it done");
    SessionState waiting = place.wake(id, askingModel());
    SessionId thread = threads(id).getFirst().id();
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
    assertThat(ContentBlock.textOf(results(id).getFirst().content())).contains("did bash");
    assertThat(
            place.sessions.readAll(thread).stream()
                .filter(entry -> entry.event() instanceof SessionEvent.UserToolConfirmation)
                .map(entry -> entry.principal()))
        .as("who answered stands in the thread's log")
        .containsExactly(TestingPlace.PERSON);
  }

  @Test
  void anInterruptReachesTheThreads() throws InterruptedException {
    SessionId id = session("have it done");
    CountDownLatch working = new CountDownLatch(1);
    TestingModel model =
        model(
            request -> once(request, task("count")),
            request -> TestingModel.Said.of(new TestingModel.Move.Hang(working)));
    var rested = place.start(id, model);
    working.await();
    place.send(id, new SessionEvent.UserInterrupt(EventId.next()));
    TestingPlace.join(rested);
    joinThreads();
    SessionId thread = threads(id).getFirst().id();
    assertThat(place.sessions.state(id).stopReason()).contains(new StopReason.EndTurn());
    assertThat(results(id)).singleElement().matches(SessionEvent.AgentToolResult::isError);
    assertThat(place.sessions.events(thread, SessionEvent.UserInterrupt.class)).hasSize(1);
    assertThat(place.sessions.state(thread).status()).isEqualTo(SessionStatus.IDLE);
    assertThat(place.sessions.state(thread).openModelRequest()).isEmpty();
  }

  @Test
  void oneThreadIsInterruptedAndTheOthersWorkOn() throws InterruptedException {
    SessionId id = session("have both done");
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
    assertThat(results(id)).hasSize(2);
    assertThat(results(id).stream().filter(SessionEvent.AgentToolResult::isError))
        .singleElement()
        .satisfies(
            result -> assertThat(ContentBlock.textOf(result.content())).contains("interrupted"));
    assertThat(place.sessions.state(id).stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void aThreadThatRefusesIsAnError() throws InterruptedException {
    SessionId id = session("have it done");
    place.wake(
        id,
        model(
            request -> once(request, task("count")),
            request -> TestingModel.Said.of(TestingModel.end(ModelEvent.EndReason.REFUSAL))));
    assertThat(results(id).getFirst().isError()).isTrue();
    assertThat(ContentBlock.textOf(results(id).getFirst().content())).contains("refused");
  }

  @Test
  void aRosterHasALimit() {
    assertThatThrownBy(
            () ->
                document(
                    Collections.nCopies(21, delegate()).toArray(SessionDocument.Delegate[]::new)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("at most 20");
  }

  private TestingModel handingOff() {
    return model(
        request -> calls(call(Roster.HAND_OFF, "{\"agent\":\"helper\",\"message\":\"be kind\"}")),
        request -> text("Here I am."));
  }

  private SessionId handedOff() {
    SessionId id =
        place.sessions.create(
            document(
                new SessionDocument.Delegate(
                    "helper",
                    "Helps.",
                    SessionDocument.of(helper).into(Json.object()),
                    SessionDocument.Delegate.Kind.HAND_OFF)));
    place.send(id, TestingPlace.message("help me"));
    return id;
  }

  @Test
  void theConversationGoesToAnother() throws InterruptedException {
    SessionId id = handedOff();
    TestingModel model = handingOff();
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(threads(id)).isEmpty();
    assertThat(helps(model.requests().getLast())).isTrue();
    assertThat(model.requests().getLast().messages().getFirst())
        .isEqualTo(Message.User.of("help me"));
    assertThat(types(id)).contains("session.updated");
    assertThat(agentOf(id)).isEqualTo("helper");
  }

  private String agentOf(SessionId id) {
    return place.sessions.find(id).orElseThrow().document().path("agent").path("name").asText();
  }

  @Test
  void killedBeforeOrAfterAnyAppendItGoesToAnotherOnce() throws InterruptedException {
    for (int k = 1; k <= 9; k++) {
      for (boolean stored : List.of(false, true)) {
        place = new TestingPlace();
        SessionId id = handedOff();
        int at = k;
        place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
        try {
          place.wake(id, handingOff());
        } catch (TestingSessions.Killed e) {
          place.sessions.restart();
          place.clock.advance(Duration.ofMinutes(1));
        }
        SessionState rested = place.wake(id, handingOff());
        assertThat(rested.stopReason()).as("at %d", k).contains(new StopReason.EndTurn());
        assertThat(types(id).stream().filter("session.updated"::equals)).hasSize(1);
        assertThat(results(id)).hasSize(1);
        assertThat(agentOf(id)).isEqualTo("helper");
      }
    }
  }

  private void joinThreads() throws InterruptedException {
    for (TestingThreads below : List.copyOf(place.threads)) {
      below.join();
    }
  }

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
    place = new TestingPlace();
    SessionId id = session("have both done");
    TestingModel model =
        model(
            request -> once(request, task("one"), task("two")),
            request -> once(request, call("bash", "{}")));
    if (at > 0) {
      place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
      try {
        place.wake(id, model);
      } catch (TestingSessions.Killed e) {
        // the next life finds what it left
      }
      joinThreads();
      place.sessions.restart();
      place.clock.advance(Duration.ofMinutes(1));
      // what a node does at its start
      for (SessionRecord thread : threads(id)) {
        if (place.sessions.state(thread.id()).runnable()) {
          place.wake(thread.id(), model);
        }
      }
    }
    SessionState rested = place.wake(id, model);
    joinThreads();
    String what = "killed %s append %d".formatted(stored ? "after" : "before", at);
    assertThat(rested.stopReason()).as(what).contains(new StopReason.EndTurn());
    assertThat(threads(id)).as(what).hasSize(2);
    assertThat(results(id)).as(what).hasSize(2).noneMatch(SessionEvent.AgentToolResult::isError);
    assertThat(place.sessions.events(id, SessionEvent.AgentThreadMessageSent.class)).hasSize(2);
    assertThat(types(id).stream().filter("session.thread_created"::equals)).hasSize(2);
    assertThat(place.hands.effects().values()).as(what).hasSize(2).allMatch(n -> n == 1);
    assertThat(new HashSet<>(place.sessions.events(id).stream().map(SessionEvent::id).toList()))
        .hasSameSizeAs(place.sessions.events(id));
    for (SessionRecord thread : threads(id)) {
      assertThat(place.sessions.events(thread.id(), SessionEvent.AgentThreadMessageReceived.class))
          .as("asked once")
          .hasSize(1);
      assertThat(place.sessions.state(thread.id()).status()).isEqualTo(SessionStatus.IDLE);
    }
    return place.sessions.appends();
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
    place = new TestingPlace();
    helperAsks();
    SessionId id = session("have it done");
    place.wake(id, askingModel());
    SessionId thread = threads(id).getFirst().id();
    EventId call = place.sessions.events(thread, SessionEvent.AgentToolUse.class).getFirst().id();
    place.send(
        id,
        new SessionEvent.UserToolConfirmation(
            EventId.next(), call, Permission.ALLOW, Optional.empty()));
    int before = place.sessions.appends();
    if (at > 0) {
      place.sessions.killAt(n -> n == before + at && !stored, n -> n == before + at && stored);
      try {
        place.wake(id, askingModel());
      } catch (TestingSessions.Killed e) {
        // the next life finds what it left
      }
      joinThreads();
      place.sessions.restart();
      place.clock.advance(Duration.ofMinutes(1));
    }
    SessionState rested = place.wake(id, askingModel());
    joinThreads();
    assertThat(rested.stopReason()).as("at %d", at).contains(new StopReason.EndTurn());
    assertThat(place.hands.effects()).containsExactly(Map.entry(call, 1));
    assertThat(place.sessions.events(thread, SessionEvent.UserToolConfirmation.class)).hasSize(1);
    assertThat(results(id)).hasSize(1).noneMatch(SessionEvent.AgentToolResult::isError);
    return place.sessions.appends() - before;
  }
}
