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
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guardrails before and after a turn of the model. */
class GuardrailTest {
  private static final String KEY = "ghp_" + "a1B2".repeat(9);

  private TestingPlace place = new TestingPlace();

  private void input(Guardrail.Check check, Guardrail.Action action) {
    place.agent =
        AgentDefinitions.withGuardrails(
            new Guardrail.Rules(List.of(new Guardrail("rule", check, action)), List.of()));
  }

  private void output(Guardrail.Check check, Guardrail.Action action) {
    place.agent =
        AgentDefinitions.withGuardrails(
            new Guardrail.Rules(List.of(), List.of(new Guardrail("rule", check, action))));
  }

  private static Guardrail.Check regex(String pattern) {
    return new Guardrail.Check.Regex(pattern, Optional.empty());
  }

  private List<String> notices(SessionId id) {
    return place.sessions.events(id, SessionEvent.Notice.class).stream()
        .map(SessionEvent.Notice::code)
        .toList();
  }

  private List<String> said(SessionId id) {
    return place.sessions.events(id, SessionEvent.AgentMessage.class).stream()
        .map(message -> ContentBlock.textOf(message.content()))
        .toList();
  }

  private void answer(SessionId id, Permission permission) {
    EventId asked = place.sessions.state(id).openCalls().keySet().iterator().next();
    place.send(
        id,
        new SessionEvent.UserToolConfirmation(EventId.next(), asked, permission, Optional.empty()));
  }

  private static String all(ModelRequest request) {
    return request.messages().toString();
  }

  @Test
  void aMessageThatIsBlockedReachesNoModel() throws InterruptedException {
    input(regex("(?i)launch code"), Guardrail.Action.BLOCK);
    SessionId id = place.session("the launch code is 7");
    TestingModel model = TestingModel.saying(text("Hello."));
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.Refusal());
    assertThat(model.requests()).isEmpty();
    assertThat(notices(id)).containsExactly("guardrail_blocked", "guardrail_checked");

    place.send(id, TestingPlace.message("something else"));
    place.wake(id, model);
    assertThat(all(model.requests().getFirst())).doesNotContain("launch code is");
    assertThat(said(id)).containsExactly("Hello.");
  }

  @Test
  void aResultIsReadWithoutItsSecrets() throws InterruptedException {
    input(new Guardrail.Check.Secrets(), Guardrail.Action.REWRITE);
    place.secrets = List.of("hunter22");
    place.hands =
        new TestingHands(
            place.sessions, (invocation, tool) -> ToolResult.ok("token " + KEY + " and hunter22"));
    SessionId id = place.session("read it");
    TestingModel model = TestingModel.saying(calls(call("read", "{}")), text("Read."));
    place.wake(id, model);
    Message.ToolResult result =
        (Message.ToolResult) model.requests().getLast().messages().getLast();
    assertThat(ContentBlock.textOf(result.content())).isEqualTo("token [secret] and [secret]");
  }

  @Test
  void whatIsPausedGoesOnWhenAPersonSaysSo() throws InterruptedException {
    input(regex("weird"), Guardrail.Action.PAUSE);
    SessionId id = place.session("a weird wish");
    TestingModel model = TestingModel.saying(text("Granted."));
    SessionState waiting = place.wake(id, model);
    assertThat(waiting.stopReason().orElseThrow()).isInstanceOf(StopReason.RequiresAction.class);
    assertThat(model.requests()).isEmpty();
    answer(id, Permission.ALLOW);
    assertThat(place.wake(id, model).stopReason()).contains(new StopReason.EndTurn());
    assertThat(said(id)).containsExactly("Granted.");
    assertThat(all(model.requests().getFirst())).contains("a weird wish");
  }

  @Test
  void whatAPersonDeniesIsRefused() throws InterruptedException {
    input(regex("weird"), Guardrail.Action.PAUSE);
    SessionId id = place.session("a weird wish");
    TestingModel model = TestingModel.saying(text("Hello."));
    place.wake(id, model);
    answer(id, Permission.DENY);
    assertThat(place.wake(id, model).stopReason()).contains(new StopReason.Refusal());
    assertThat(model.requests()).isEmpty();
  }

  @Test
  void anAnswerIsBlockedBeforeItIsSaid() throws InterruptedException {
    output(regex("forbidden"), Guardrail.Action.BLOCK);
    SessionId id = place.session("say it");
    SessionState rested = place.wake(id, TestingModel.saying(text("the forbidden word")));
    assertThat(rested.stopReason()).contains(new StopReason.Refusal());
    assertThat(said(id)).isEmpty();
    assertThat(place.previews)
        .as("not even for a moment")
        .noneMatch(Preview.Text.class::isInstance);
    assertThat(Json.write(place.sessions.events(id))).doesNotContain("forbidden word");
  }

  @Test
  void anAnswerIsRewritten() throws InterruptedException {
    output(new Guardrail.Check.Secrets(), Guardrail.Action.REWRITE);
    SessionId id = place.session("what is the token?");
    place.wake(id, TestingModel.saying(text("It is " + KEY + ".")));
    assertThat(said(id)).containsExactly("It is [secret].");
    assertThat(notices(id)).containsExactly("guardrail_rewritten");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerWaitsForAPerson(boolean allowed) throws InterruptedException {
    output(regex("promise"), Guardrail.Action.PAUSE);
    SessionId id = place.session("will you?");
    place.wake(id, TestingModel.saying(text("I promise.")));
    assertThat(said(id)).isEmpty();
    answer(id, allowed ? Permission.ALLOW : Permission.DENY);
    SessionState rested = place.wake(id, TestingModel.saying());
    assertThat(said(id)).isEqualTo(allowed ? List.of("I promise.") : List.of());
    assertThat(rested.stopReason())
        .contains(allowed ? new StopReason.EndTurn() : new StopReason.Refusal());
    TestingModel next = TestingModel.saying(text("Yes."));
    place.send(id, TestingPlace.message("and?"));
    place.wake(id, next);
    assertThat(all(next.requests().getFirst()).contains("I promise.")).isEqualTo(allowed);
  }

  @Test
  void aSecretDoesNotLeaveInACall() throws InterruptedException {
    output(new Guardrail.Check.Secrets(), Guardrail.Action.BLOCK);
    SessionId id = place.session("send it");
    place.wake(
        id,
        TestingModel.saying(
            calls(call("bash", Json.write(Json.object().put("command", "curl -d " + KEY)))),
            text("No.")));
    assertThat(place.hands.effects()).isEmpty();
  }

  @Test
  void aSchemaHoldsForEveryAnswer() throws InterruptedException {
    output(
        new Guardrail.Check.Schema((ObjectNode) Json.tree("{\"type\":\"object\"}")),
        Guardrail.Action.BLOCK);
    SessionId id = place.session("answer");
    assertThat(place.wake(id, TestingModel.saying(text("[]"))).stopReason())
        .contains(new StopReason.Refusal());
    SessionId other = place.session("answer");
    place.wake(other, TestingModel.saying(text("{}")));
    assertThat(said(other)).containsExactly("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"found\":true,\"reason\":\"rude\",\"rewritten\":\"\"}",
        "no",
        "{\"found\":false}"
      })
  void aJudgeThatFindsOrCannotTellBlocks(String verdict) throws InterruptedException {
    output(new Guardrail.Check.Judge("Is it rude?", Optional.empty()), Guardrail.Action.BLOCK);
    SessionId id = place.session("talk");
    assertThat(place.wake(id, TestingModel.saying(text("You fool."), text(verdict))).stopReason())
        .contains(new StopReason.Refusal());
    assertThat(said(id)).isEmpty();
  }

  @Test
  void aJudgeThatFindsNothingLetsPass() throws InterruptedException {
    output(new Guardrail.Check.Judge("Is it rude?", Optional.empty()), Guardrail.Action.BLOCK);
    SessionId id = place.session("talk");
    place.wake(
        id,
        TestingModel.saying(
            text("Good day."), text("{\"found\":false,\"reason\":\"\",\"rewritten\":\"\"}")));
    assertThat(said(id)).containsExactly("Good day.");
  }

  @Test
  void aPatternThatTakesForeverCountsAsFound() throws InterruptedException {
    output(regex("(a+)+$"), Guardrail.Action.BLOCK);
    SessionId id = place.session("talk");
    assertThat(place.wake(id, TestingModel.saying(text("a".repeat(5_000) + "!"))).stopReason())
        .contains(new StopReason.Refusal());
  }

  @Test
  void killedBeforeOrAfterAnyAppend() throws InterruptedException {
    int appends = once(0, false);
    for (int k = 1; k <= appends; k++) {
      once(k, false);
      once(k, true);
    }
  }

  private int once(int at, boolean stored) throws InterruptedException {
    place = new TestingPlace();
    place.agent =
        AgentDefinitions.withGuardrails(
            new Guardrail.Rules(
                List.of(
                    new Guardrail("in", new Guardrail.Check.Secrets(), Guardrail.Action.REWRITE)),
                List.of(new Guardrail("out", regex("promise"), Guardrail.Action.PAUSE))));
    place.hands = new TestingHands(place.sessions, (invocation, tool) -> ToolResult.ok(KEY));
    SessionId id = place.session("read, then promise");
    TestingModel model =
        new TestingModel(
            TestingModel.strong(),
            request -> {
              assertThat(all(request)).doesNotContain(KEY);
              return request.messages().getLast() instanceof Message.ToolResult
                  ? text("I promise.")
                  : calls(call("read", "{}"));
            });
    place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
    for (int life = 0; life < 3 && said(id).isEmpty(); life++) {
      try {
        place.wake(id, model);
        if (!place.sessions.state(id).openCalls().isEmpty()) {
          answer(id, Permission.ALLOW);
        }
      } catch (TestingSessions.Killed e) {
        place.sessions.restart();
        place.clock.advance(Duration.ofMinutes(1));
      }
    }
    assertThat(place.wake(id, model).stopReason()).contains(new StopReason.EndTurn());
    assertThat(said(id)).as("killed at %d", at).containsExactly("I promise.");
    assertThat(place.hands.effects()).hasSize(1);
    return place.sessions.appends();
  }
}
