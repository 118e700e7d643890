package dev.paddock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.ModelRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A session's document is replaced while the session runs. */
class UpdateTest {
  private final TestingPlace place = new TestingPlace();

  private ObjectNode document(AgentDefinition agent, List<ToolDefinition> clientTools) {
    SessionDocument old = SessionDocument.of(agent);
    return new SessionDocument(
            old.agent(),
            clientTools,
            List.of(new SessionDocument.Skill("letters", "Writes letters.", Map.of())),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            old.workspace(),
            List.of())
        .into(Json.object().put("title", "kept"));
  }

  private static List<String> names(ModelRequest request) {
    return request.tools().stream().map(ToolDefinition::name).toList();
  }

  @Test
  void toolsComeAndGoFromTheNextTurnOn() throws InterruptedException {
    SessionId id = place.session("work");
    AgentDefinition readOnly =
        AgentDefinitions.withTools(ToolRule.allow("read"), ToolRule.allow("ask_me"));
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) -> {
              place.sessions.update(id, document(readOnly, List.of(TestingPlace.tool("ask_me"))));
              return ToolResult.ok("done");
            });
    TestingModel model =
        TestingModel.saying(
            TestingModel.calls(TestingModel.call("bash", "{}")),
            TestingModel.calls(TestingModel.call("bash", "{}"), TestingModel.call("ask_me", "{}")));
    place.wake(id, model);
    assertThat(names(model.requests().getFirst())).containsExactly("bash", "read", "write");
    assertThat(names(model.requests().getLast())).containsExactly("read", "ask_me");
    assertThat(place.hands.effects()).as("a tool that is gone does not run").hasSize(1);
    assertThat(place.sessions.events(id, SessionEvent.AgentCustomToolUse.class)).hasSize(1);
  }

  @Test
  void aSkillIsNamedInTheFirstRequestWithItsPath() throws InterruptedException {
    SessionId id = place.sessions.create(document(place.agent, List.of()));
    place.send(id, TestingPlace.message("write"));
    TestingModel model = TestingModel.saying(TestingModel.text("Dear"));
    place.wake(id, model);
    assertThat(model.requests().getFirst().system().orElseThrow())
        .contains("letters (/workspace/skills/letters/SKILL.md): Writes letters.");
  }
}
