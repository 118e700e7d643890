package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.TestingModel.Said;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.Origin;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final TestingPlace place = new TestingPlace();

  @Test
  void aTurnWithACallAndAnAnswer() throws InterruptedException {
    SessionId id = place.session("list the files");
    TestingModel model =
        TestingModel.saying(calls(call("bash", "{\"command\":\"ls\"}")), text("Three files."));

    SessionState rested = place.wake(id, model);

    assertThat(place.sessions.events(id).stream().map(SessionEvent::type))
        .containsExactly(
            "user.message",
            "session.status_running",
            "span.model_request_start",
            "agent.tool_use",
            "span.model_request_end",
            "agent.tool_result",
            "span.model_request_start",
            "agent.message",
            "span.model_request_end",
            "session.usage",
            "session.status_idle");
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(rested.usage().total()).isEqualTo(30);
    List<Message> asked = model.requests().getLast().messages();
    assertThat(asked).hasSize(3);
    assertThat(asked.get(2))
        .isInstanceOfSatisfying(
            Message.ToolResult.class,
            result -> {
              assertThat(ContentBlock.textOf(result.content())).isEqualTo("did bash");
              assertThat(result.toolName()).isEqualTo("bash");
            });
  }

  @Test
  void whereCopiedValuesComeFromStandsWithTheTurn() throws InterruptedException {
    SessionId id = place.session("a bill");
    List<Origin.Span> spans =
        IntStream.range(0, 20).mapToObj(i -> new Origin.Span("user", i, i + 1)).toList();
    ModelEvent.End end =
        new ModelEvent.End(
            ModelEvent.EndReason.END_TURN,
            Usage.NONE,
            Optional.empty(),
            Optional.empty(),
            List.of(new Origin("/total", "7", spans)));
    place.wake(
        id,
        TestingModel.saying(
            Said.of(
                new TestingModel.Move.Say(new ModelEvent.TextDelta("{\"total\": \"7\"}")),
                new TestingModel.Move.Say(end))));
    JsonNode origins =
        place.sessions.events(id).stream()
            .filter(SessionEvent.ModelRequestEnd.class::isInstance)
            .map(event -> ((SessionEvent.ModelRequestEnd) event).origins().orElseThrow())
            .findFirst()
            .orElseThrow();
    assertThat(origins.at("/0/pointer").asText()).isEqualTo("/total");
    assertThat(origins.at("/0/spans")).hasSize(16);
    assertThat(origins.at("/0/spans/3").toString())
        .isEqualTo("{\"source\":\"user\",\"start\":3,\"end\":4}");
    assertThat(origins.at("/0/more").asInt()).isEqualTo(4);
  }

  @Test
  void theEndOfASessionIsOnDiskAndItsTurnsAreNot() throws InterruptedException {
    SessionId id = place.session("hello");
    place.wake(id, TestingModel.saying(text("Hello.")));
    assertThat(place.sessions.durabilities())
        .containsExactly(
            Append.Durability.TURN,
            Append.Durability.TURN,
            Append.Durability.TURN,
            Append.Durability.ACKNOWLEDGED);
  }

  @Test
  void handsAreNotOpenedWithoutACall() throws InterruptedException {
    place.wake(place.session("hello"), TestingModel.saying(text("Hello.")));
    assertThat(place.hands.opened()).isZero();
  }

  @Test
  void severalCallsRunSideBySide() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              both.countDown();
              both.await();
              return ToolResult.ok(tool);
            });
    SessionId id = place.session("both");
    TestingModel model =
        TestingModel.saying(calls(call("bash", "{}"), call("read", "{}")), text("Done."));

    place.wake(id, model);

    List<Message> asked = model.requests().getLast().messages();
    assertThat(asked.subList(2, 4))
        .extracting(message -> ((Message.ToolResult) message).toolName())
        .containsExactly("bash", "read");
  }

  @Test
  void providerStateComesBackWithItsTurn() throws InterruptedException {
    ProviderState state = new ProviderState("testing", Json.tree("{\"signature\":\"s1\"}"));
    SessionId id = place.session("think");
    TestingModel model =
        TestingModel.saying(
            Said.of(
                new TestingModel.Move.Say(new ModelEvent.ThinkingDelta("hm")),
                new TestingModel.Move.Say(call("bash", "{}")),
                TestingModel.end(ModelEvent.EndReason.TOOL_USE, Optional.of(state))),
            text("Done."));

    place.wake(id, model);

    assertThat(model.requests().getLast().messages().get(1))
        .isInstanceOfSatisfying(
            Message.Assistant.class,
            turn -> {
              assertThat(turn.state()).contains(state);
              assertThat(turn.thinking()).contains("hm");
            });
  }

  @Test
  void aMessageThatArrivesDuringATurnIsAnsweredInTheNext() throws InterruptedException {
    SessionId id = place.session("first");
    TestingModel model =
        TestingModel.saying(
            Said.of(
                new TestingModel.Move.Run(() -> place.send(id, TestingPlace.message("second"))),
                new TestingModel.Move.Say(call("bash", "{}")),
                TestingModel.end(ModelEvent.EndReason.TOOL_USE)),
            text("Both done."));

    place.wake(id, model);

    assertThat(model.requests()).hasSize(2);
    List<Message> asked = model.requests().getLast().messages();
    assertThat(asked.getLast()).isEqualTo(Message.User.of("second"));
    assertThat(asked.get(2)).isInstanceOf(Message.ToolResult.class);
  }

  @Test
  void aMessageThatArrivesJustBeforeTheRequestIsInIt() throws InterruptedException {
    SessionId id = place.session("first");
    place.whileChoosing =
        () -> {
          place.whileChoosing = () -> {};
          place.send(id, TestingPlace.message("second"));
        };
    TestingModel model = TestingModel.saying(text("Both."));
    place.wake(id, model);
    assertThat(model.requests().getFirst().messages())
        .containsExactly(Message.User.of("first"), Message.User.of("second"));
    assertThat(place.sessions.events(id, SessionEvent.ModelRequestStart.class)).hasSize(1);
  }

  @Test
  void aMessageThatArrivesWithTheAnswerIsAnsweredToo() throws InterruptedException {
    SessionId id = place.session("first");
    TestingModel model =
        TestingModel.saying(
            Said.of(
                new TestingModel.Move.Say(new ModelEvent.TextDelta("One.")),
                new TestingModel.Move.Run(() -> place.send(id, TestingPlace.message("second"))),
                TestingModel.end(ModelEvent.EndReason.END_TURN)),
            text("Two."));

    place.wake(id, model);

    assertThat(place.sessions.events(id, SessionEvent.AgentMessage.class)).hasSize(2);
    assertThat(place.sessions.events(id, SessionEvent.StatusIdle.class)).hasSize(1);
  }

  @Test
  void aMessageThatFindsTheSessionStillLeasedIsNotForgotten() throws InterruptedException {
    SessionId id = place.session("first");
    place.sessions.leases.onRelease(() -> place.send(id, TestingPlace.message("second")));
    TestingModel model = TestingModel.saying(text("One."), text("Two."));
    place.wake(id, model);
    assertThat(model.requests()).hasSize(2);
  }

  @Test
  void aProcessThatWasPausedBeforeACallRunsNothingOnceAnotherHasTheSession()
      throws InterruptedException {
    SessionId id = place.session("go");
    place.whileOpening = () -> place.sessions.leases.steal("session/" + id);
    assertThat(place.loop(TestingModel.saying(calls(call("bash", "{}")))).wake(id)).isEmpty();
    assertThat(place.hands.invocations()).isEmpty();
    assertThat(place.sessions.events(id, SessionEvent.AgentToolResult.class)).isEmpty();
  }

  @Test
  void aHugeAttachmentIsLeftOut() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) ->
                new ToolResult(
                    List.of(
                        new ContentBlock.Image(Json.object().put("data", "x".repeat(15 << 20)))),
                    false));
    SessionId id = place.session("look");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}")), text("Done.")));
    assertThat(
            ContentBlock.textOf(
                place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst().content()))
        .contains("was left out");
  }

  @Test
  void aLongResultKeepsItsHeadAndItsTail() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> ToolResult.ok("HEAD" + "x".repeat(50_000) + "TAIL"));
    SessionId id = place.session("much");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}")), text("Done.")));

    String stored =
        ContentBlock.textOf(
            place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst().content());
    assertThat(stored)
        .hasSizeLessThan(2_200)
        .startsWith("HEAD")
        .contains("TAIL\n[what was cut is not kept]")
        .contains("[… 48,008 of 50,008 characters cut …]");
  }

  @Test
  void previewsCarryTheIdOfTheEventToCome() throws InterruptedException {
    SessionId id = place.session("hello");
    place.wake(id, TestingModel.saying(text("Hello.")));
    SessionEvent.AgentMessage message =
        place.sessions.events(id, SessionEvent.AgentMessage.class).getFirst();
    assertThat(place.previews.getFirst()).isInstanceOf(Preview.Asking.class);
    assertThat(place.previews)
        .filteredOn(Preview.Text.class::isInstance)
        .containsExactly(new Preview.Text(message.id(), "Hello."));
  }

  @Test
  void eventsOfALaterVersionAreLeftAlone() throws InterruptedException {
    SessionId id = place.session("hello");
    place.send(
        id,
        new SessionEvent.Unknown(
            EventId.next(),
            "agent.telepathy",
            (ObjectNode) Json.tree("{\"id\":\"sevt_9\",\"type\":\"agent.telepathy\",\"wave\":3}")));
    SessionState rested = place.wake(id, TestingModel.saying(text("Hello.")));
    assertThat(rested.status()).isEqualTo(SessionStatus.IDLE);
    assertThat(place.sessions.events(id, SessionEvent.Unknown.class)).hasSize(1);
  }

  @Test
  void anIdleSessionIsLeftAsItIs() throws InterruptedException {
    SessionId id = place.session("hello");
    place.wake(id, TestingModel.saying(text("Hello.")));
    int before = place.sessions.events(id).size();
    place.wake(id, TestingModel.saying());
    assertThat(place.sessions.events(id)).hasSize(before);
  }

  @Test
  void anUnknownSessionIsNamed() {
    assertThatThrownBy(() -> place.wake(new SessionId("sesn_none"), TestingModel.saying()))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("sesn_none");
  }

  @Test
  void aRefusalIsTold() throws InterruptedException {
    SessionState rested =
        place.wake(
            place.session("bad"),
            TestingModel.saying(Said.of(TestingModel.end(ModelEvent.EndReason.REFUSAL))));
    assertThat(rested.stopReason()).contains(new StopReason.Refusal());
  }
}
