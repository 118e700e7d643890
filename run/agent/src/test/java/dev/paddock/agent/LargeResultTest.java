package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.ToolResult;
import org.junit.jupiter.api.Test;

/** A result that is too long for the conversation goes to a file. */
class LargeResultTest {
  private final TestingPlace place = new TestingPlace();
  private final String whole = "head " + "x".repeat(50_000) + " tail";

  private String result() throws InterruptedException {
    SessionId id = place.session("read it");
    place.wake(id, TestingModel.saying(calls(call("read", "{}")), text("Read.")));
    return ContentBlock.textOf(
        place.sessions.events(id, SessionEvent.AgentToolResult.class).getFirst().content());
  }

  @Test
  void theModelGetsHeadAndTailAndThePath() throws InterruptedException {
    place.hands = new TestingHands(place.sessions, (invocation, tool) -> ToolResult.ok(whole));
    place.hands.keeps();
    String shown = result();
    assertThat(place.hands.kept()).hasSize(1).containsValue(whole);
    assertThat(shown)
        .startsWith("head ")
        .contains(" tail")
        .contains("characters cut")
        .contains(place.hands.kept().keySet().iterator().next())
        .hasSizeLessThan(3_000);
  }

  @Test
  void whereNothingCanBeKeptThatIsSaid() throws InterruptedException {
    place.hands = new TestingHands(place.sessions, (invocation, tool) -> ToolResult.ok(whole));
    assertThat(result()).contains("characters cut").endsWith("[what was cut is not kept]");
  }

  @Test
  void whatFitsStaysWhole() throws InterruptedException {
    place.hands =
        new TestingHands(place.sessions, (invocation, tool) -> ToolResult.ok("x".repeat(2_000)));
    place.hands.keeps();
    assertThat(result()).isEqualTo("x".repeat(2_000));
    assertThat(place.hands.kept()).isEmpty();
  }
}
