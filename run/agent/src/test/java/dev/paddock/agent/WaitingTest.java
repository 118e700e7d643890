package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Calls that wait for a person, a client or a worker. */
class WaitingTest {
  private final TestingPlace place = new TestingPlace();

  private void bashAsks() {
    place.agent =
        AgentDefinitions.withTools(
            new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()), ToolRule.allow("read"));
  }

  private EventId onlyCall(SessionId id) {
    return place.sessions.events(id, SessionEvent.Call.class).getFirst().id();
  }

  private void confirm(SessionId id, EventId call, Permission answer, Optional<String> message) {
    place.send(id, new SessionEvent.UserToolConfirmation(EventId.next(), call, answer, message));
  }

  private static String textOf(SessionEvent.Result result) {
    return ContentBlock.textOf(result.content());
  }

  @Test
  void aCallThatAsksWaitsAndRunsWhenAllowed() throws InterruptedException {
    bashAsks();
    SessionId id = place.session("go");
    SessionState waiting = place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    EventId call = onlyCall(id);
    assertThat(waiting.stopReason()).contains(new StopReason.RequiresAction(List.of(call)));
    assertThat(waiting.runnable()).isFalse();
    assertThat(place.hands.invocations()).isEmpty();

    confirm(id, call, Permission.ALLOW, Optional.empty());
    assertThat(place.sessions.state(id).runnable()).isTrue();
    SessionState rested = place.wake(id, TestingModel.saying(text("Done.")));

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(place.hands.effects()).containsExactly(Map.entry(call, 1));
  }

  @Test
  void aDeniedCallIsNotRunAndTheModelIsToldWhy() throws InterruptedException {
    bashAsks();
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    confirm(id, onlyCall(id), Permission.DENY, Optional.of("not on a Friday"));
    TestingModel model = TestingModel.saying(text("Then not."));
    place.wake(id, model);

    assertThat(place.hands.invocations()).isEmpty();
    Message.ToolResult told = (Message.ToolResult) model.requests().getFirst().messages().getLast();
    assertThat(told.isError()).isTrue();
    assertThat(ContentBlock.textOf(told.content())).contains("not on a Friday");
  }

  @Test
  void anApprovalOutlivesACrashBeforeAndAfterTheAnswer() throws InterruptedException {
    bashAsks();
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    place.clock.advance(Duration.ofDays(30));
    assertThat(place.wake(id, TestingModel.saying()).stopReason())
        .contains(new StopReason.RequiresAction(List.of(onlyCall(id))));
    confirm(id, onlyCall(id), Permission.ALLOW, Optional.empty());
    place.sessions.killAt(n -> false, n -> true);
    try {
      place.wake(id, TestingModel.saying());
    } catch (TestingSessions.Killed killed) {
      place.sessions.restart();
      place.clock.advance(Duration.ofMinutes(1));
    }
    place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(place.hands.effects()).containsExactly(Map.entry(onlyCall(id), 1));
  }

  @Test
  void theOtherCallsOfATurnRunMeanwhileAndTheRestIsNamedAgain() throws InterruptedException {
    bashAsks();
    SessionId id = place.session("go");
    place.wake(
        id,
        TestingModel.saying(
            calls(call("bash", "{}"), call("read", "{}"), call("bash", "{\"n\":2}"))));
    assertThat(place.hands.invocations()).hasSize(1);
    List<SessionEvent.Call> calls = place.sessions.events(id, SessionEvent.Call.class);
    EventId first = calls.getFirst().id();
    EventId last = calls.getLast().id();
    assertThat(place.sessions.state(id).stopReason())
        .contains(new StopReason.RequiresAction(List.of(first, last)));

    confirm(id, first, Permission.ALLOW, Optional.empty());
    SessionState waiting = place.wake(id, TestingModel.saying());
    assertThat(waiting.stopReason()).contains(new StopReason.RequiresAction(List.of(last)));
    confirm(id, last, Permission.DENY, Optional.empty());
    place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(place.hands.effects()).hasSize(2);
  }

  @Test
  void aMessageWaitsBehindACallThatWaits() throws InterruptedException {
    bashAsks();
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    place.send(id, TestingPlace.message("well?"));
    SessionState waiting = place.wake(id, TestingModel.saying());
    assertThat(waiting.runnable()).isFalse();
    confirm(id, onlyCall(id), Permission.ALLOW, Optional.empty());
    TestingModel model = TestingModel.saying(text("Done."));
    place.wake(id, model);
    assertThat(model.requests().getFirst().messages().getLast())
        .isEqualTo(Message.User.of("well?"));
  }

  @Test
  void aToolOfTheClientWaitsForItsResult() throws InterruptedException {
    place.clientTools = List.of(TestingPlace.tool("pick_color"));
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("pick_color", "{}"))));
    EventId call = onlyCall(id);
    assertThat(place.sessions.events(id, SessionEvent.AgentCustomToolUse.class)).hasSize(1);
    assertThat(place.sessions.state(id).stopReason())
        .contains(new StopReason.RequiresAction(List.of(call)));

    place.send(
        id,
        new SessionEvent.UserCustomToolResult(
            EventId.next(), call, List.of(ContentBlock.text("green")), false));
    assertThat(place.sessions.state(id).runnable()).isTrue();
    TestingModel model = TestingModel.saying(text("Green it is."));
    place.wake(id, model);
    Message.ToolResult told = (Message.ToolResult) model.requests().getFirst().messages().getLast();
    assertThat(ContentBlock.textOf(told.content())).isEqualTo("green");
  }

  @Test
  void aCallOnAWorkerWaitsForItsResult() throws InterruptedException {
    place.hands.remote();
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{}"))));
    EventId call = onlyCall(id);
    assertThat(place.sessions.state(id).stopReason())
        .contains(new StopReason.RequiresAction(List.of(call)));
    SessionState again = place.wake(id, TestingModel.saying());
    assertThat(again.openCalls()).containsOnlyKeys(call);

    place.send(
        id,
        new SessionEvent.UserToolResult(
            EventId.next(), call, List.of(ContentBlock.text("from afar")), false));
    SessionState rested = place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void theStrictestPolicyHoldsAndTheRewrittenInputRuns() throws InterruptedException {
    ToolPolicy rewriting =
        new ToolPolicy() {
          @Override
          public Decision before(SessionState state, ToolDefinition tool, ObjectNode input) {
            return new Decision(
                Permission.ASK,
                Optional.of("it looks dangerous"),
                Optional.of(Json.object().put("command", "echo safe")));
          }

          @Override
          public ToolResult after(ToolDefinition tool, ObjectNode input, ToolResult result) {
            return ToolResult.ok(ContentBlock.textOf(result.content()) + " (seen)");
          }
        };
    ToolPolicy allowing = (state, tool, input) -> ToolPolicy.Decision.ALLOW;
    place.policies = List.of(rewriting, allowing);
    SessionId id = place.session("go");
    place.wake(id, TestingModel.saying(calls(call("bash", "{\"command\":\"rm\"}"))));
    SessionEvent.AgentToolUse use =
        place.sessions.events(id, SessionEvent.AgentToolUse.class).getFirst();
    assertThat(use.evaluatedPermission()).isEqualTo(Permission.ASK);
    assertThat(use.input().path("command").asText()).isEqualTo("rm");
    assertThat(use.evaluation().orElseThrow().path("reason").asText())
        .isEqualTo("it looks dangerous");

    confirm(id, use.id(), Permission.ALLOW, Optional.empty());
    place.wake(id, TestingModel.saying(text("Done.")));
    assertThat(place.hands.invocations().getFirst().input().path("command").asText())
        .isEqualTo("echo safe");
    assertThat(textOf(place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst()))
        .isEqualTo("did bash (seen)");
  }

  @Test
  void aResultThatCameMeanwhileIsTheOnlyOne() throws InterruptedException {
    SessionId id = place.session("go");
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              place.send(
                  id,
                  new SessionEvent.UserToolResult(
                      EventId.next(),
                      invocation.callId(),
                      List.of(ContentBlock.text("first")),
                      false));
              return ToolResult.ok("second");
            });
    place.wake(id, TestingModel.saying(calls(call("bash", "{}")), text("Done.")));
    assertThat(place.sessions.events(id, SessionEvent.Result.class)).hasSize(1);
    assertThat(place.sessions.state(id).status()).isEqualTo(SessionStatus.IDLE);
  }
}
