package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ToolChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NarrowingTest {
  private static final ToolDefinition EXTRACT =
      TestingPlace.tool(
          "extract",
          """
          {"type":"object","required":["schema"],"properties":{
            "glob":{"type":"string","description":"Which files"},
            "schema":{"type":"string"},
            "limit":{"type":"integer","maximum":100},
            "verbose":{"type":"boolean"}}}
          """);
  private static final Transcript NOTHING = new Transcript(List.of());

  private final TestingPlace place = new TestingPlace();

  private static ToolRule extract(String arguments) {
    Map<String, JsonNode> bounds = new LinkedHashMap<>();
    Json.tree(arguments).properties().forEach(e -> bounds.put(e.getKey(), e.getValue()));
    return new ToolRule("extract", ToolRule.Policy.ALWAYS_ALLOW, bounds);
  }

  private static AgentDefinition agent(
      List<ToolRule> tools, List<StepRule> steps, Optional<ObjectNode> output) {
    return new AgentDefinition(
        "tester",
        "Tests.",
        "Do it.",
        Optional.empty(),
        Optional.empty(),
        Optional.of(tools),
        steps,
        output,
        EnvironmentRule.NONE,
        Budget.NONE);
  }

  private static StepRule until(String tool, String... open) {
    return new StepRule(tool, List.of(open), Optional.of(tool), Optional.empty(), Optional.empty());
  }

  private static Opening opening(ToolRule rule) {
    return new Narrowing(agent(List.of(rule), List.of(), Optional.empty()), List.of(EXTRACT))
        .next(NOTHING);
  }

  private static ObjectNode input(String json) {
    return (ObjectNode) Json.tree(json);
  }

  @Test
  void fixedAndBoundedArgumentsStandInTheSchema() {
    Opening opening =
        opening(
            extract(
                """
                {"glob":{"const":"*.txt"},"limit":{"maximum":500,"minimum":1},"verbose":false}
                """));
    JsonNode schema = opening.tools().getFirst().inputSchema();
    assertThat(schema)
        .isEqualTo(
            Json.tree(
                """
                {"type":"object","required":["schema","glob"],"properties":{
                  "glob":{"type":"string","description":"Which files","const":"*.txt"},
                  "schema":{"type":"string"},
                  "limit":{"type":"integer","maximum":100,"minimum":1}},
                 "additionalProperties":false}
                """));
    assertThat(EXTRACT.inputSchema().path("properties").has("verbose")).isTrue();
  }

  @Test
  void aFixedArgumentThatIsLeftOutIsFilledIn() {
    ToolPolicy.Decision decision =
        opening(extract("{\"glob\":{\"const\":\"*.txt\"}}"))
            .judge("extract", input("{\"schema\":\"s\"}"));
    assertThat(decision.permission()).isEqualTo(Permission.ALLOW);
    assertThat(decision.rewritten()).contains(input("{\"schema\":\"s\",\"glob\":\"*.txt\"}"));
  }

  @Test
  void argumentsOutOfBoundsAreDeniedWithAReason() {
    Opening opening = opening(extract("{\"glob\":{\"const\":\"*.txt\"},\"verbose\":false}"));
    for (String bad :
        List.of(
            "{\"schema\":\"s\",\"glob\":\"/etc/*\"}",
            "{\"schema\":\"s\",\"limit\":101}",
            "{\"schema\":\"s\",\"verbose\":true}",
            "{}")) {
      ToolPolicy.Decision decision = opening.judge("extract", input(bad));
      assertThat(decision.permission()).as(bad).isEqualTo(Permission.DENY);
      assertThat(decision.reason().orElseThrow()).contains("extract").contains("not run");
    }
  }

  @Test
  void aToolThatIsNotOpenIsDeniedAndTheOpenOnesAreNamed() {
    ToolPolicy.Decision decision =
        opening(extract("{}")).judge("bash", input("{\"command\":\"ls\"}"));
    assertThat(decision)
        .isEqualTo(
            ToolPolicy.Decision.deny("The tool \"bash\" is not open now. Open now: extract."));
  }

  @Test
  void stepsOpenOneAfterTheOther() throws InterruptedException {
    ObjectNode output = input("{\"type\":\"object\",\"required\":[\"rows\"]}");
    place.agent =
        agent(
            List.of(ToolRule.allow("bash"), ToolRule.allow("read"), ToolRule.allow("write")),
            List.of(until("read", "read", "bash"), until("write", "write")),
            Optional.of(output));
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(
            calls(call("bash", "{}")),
            calls(call("read", "{}")),
            calls(call("write", "{}")),
            text("{\"rows\":3}"));

    SessionState rested = place.wake(id, model);

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    List<ModelRequest> requests = model.requests();
    assertThat(requests)
        .extracting(request -> names(request.tools()))
        .containsExactly(
            List.of("read", "bash"), List.of("read", "bash"), List.of("write"), List.of());
    assertThat(requests)
        .extracting(ModelRequest::toolChoice)
        .containsExactly(
            new ToolChoice.Required(),
            new ToolChoice.Required(),
            new ToolChoice.Required(),
            new ToolChoice.None());
    assertThat(requests)
        .extracting(ModelRequest::output)
        .containsExactly(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(output));
  }

  private static List<String> names(List<ToolDefinition> tools) {
    return tools.stream().map(ToolDefinition::name).toList();
  }

  @Test
  void aClosedToolIsNotRunAndTheModelIsToldWhy() throws InterruptedException {
    place.agent =
        agent(
            List.of(ToolRule.allow("bash"), ToolRule.allow("read")),
            List.of(until("read", "read")),
            Optional.empty());
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(
            calls(call("bash", "{\"command\":\"rm -rf /\"}")),
            calls(call("read", "{}")),
            text("Done."));

    place.wake(id, model);

    assertThat(place.hands.invocations()).hasSize(1);
    SessionEvent.AgentToolUse closed =
        place.sessions.events(id, SessionEvent.AgentToolUse.class).getFirst();
    assertThat(closed.evaluatedPermission()).isEqualTo(Permission.DENY);
    Message.ToolResult told = (Message.ToolResult) model.requests().get(1).messages().get(2);
    assertThat(told.isError()).isTrue();
    assertThat(ContentBlock.textOf(told.content())).contains("not open now. Open now: read.");
  }

  @Test
  void aFailedCallDoesNotEndAStep() throws InterruptedException {
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) ->
                place.hands.invocations().size() == 1
                    ? ToolResult.error("no")
                    : ToolResult.ok("yes"));
    place.agent =
        agent(
            List.of(ToolRule.allow("bash"), ToolRule.allow("read")),
            List.of(until("bash", "bash"), until("read", "read")),
            Optional.empty());
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(
            calls(call("bash", "{}")),
            calls(call("bash", "{}")),
            calls(call("read", "{}")),
            text("Done."));

    place.wake(id, model);

    assertThat(model.requests())
        .extracting(request -> names(request.tools()))
        .containsExactly(List.of("bash"), List.of("bash"), List.of("read"), List.of());
  }

  @Test
  void anAnswerBeforeTheStepsAreOverIsNotTheAnswer() throws InterruptedException {
    place.agent =
        agent(List.of(ToolRule.allow("read")), List.of(until("read", "read")), Optional.empty());
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(text("Done!"), calls(call("read", "{}")), text("Done."));

    SessionState rested = place.wake(id, model);

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(model.requests().get(1).messages().getLast())
        .isEqualTo(
            new Message.Instruction(
                "You cannot answer yet. The step \"read\" is open: call read."));
  }

  @Test
  void aModelThatNeverCallsIsStopped() throws InterruptedException {
    place.agent =
        agent(List.of(ToolRule.allow("read")), List.of(until("read", "read")), Optional.empty());
    SessionId id = place.session("go");

    SessionState rested =
        place.wake(id, TestingModel.saying(text("Done!"), text("Done!!"), text("Done!!!")));

    assertThat(rested.stopReason()).contains(new StopReason.RetriesExhausted());
    assertThat(
            place
                .sessions
                .events(id, SessionEvent.SessionError.class)
                .getFirst()
                .error()
                .path("code")
                .asText())
        .isEqualTo("no_progress");
  }

  @Test
  void anAnswerThatDoesNotObeyTheSchemaIsAskedForAgain() throws InterruptedException {
    place.agent =
        agent(
            List.of(),
            List.of(),
            Optional.of(input("{\"type\":\"object\",\"required\":[\"rows\"]}")));
    SessionId id = place.session("go");
    TestingModel model = TestingModel.saying(text("Here you are."), text("{\"rows\":1}"));

    SessionState rested = place.wake(id, model);

    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(model.requests()).hasSize(2);
  }

  @Test
  void stepsBeginAnewWithTheNextTaskAndGoOnAfterAnInterrupt() {
    StepRule first = until("read", "read");
    StepRule second = until("write", "write");
    List<StepRule> steps = List.of(first, second);
    TestingTranscript log = new TestingTranscript().user("go").call("read", false);
    assertThat(StepProgress.of(steps, log.transcript()).index()).isEqualTo(1);
    log.pause(new StopReason.EndTurn()).user("go on");
    assertThat(StepProgress.of(steps, log.transcript()).index()).isEqualTo(1);
    log.call("write", false).answer("done").pause(new StopReason.EndTurn()).user("again");
    assertThat(StepProgress.of(steps, log.transcript()).index()).isZero();
  }

  @Test
  void aStepOfSoManyTurnsEndsAfterThem() {
    List<StepRule> steps =
        List.of(
            new StepRule(
                "look", List.of("read"), Optional.empty(), Optional.of(2), Optional.empty()));
    TestingTranscript log = new TestingTranscript().user("go").call("read", true);
    assertThat(StepProgress.of(steps, log.transcript()).index()).isZero();
    log.call("read", true);
    assertThat(StepProgress.of(steps, log.transcript()).index()).isEqualTo(1);
  }

  @Test
  void toolsThatThePlaceLacksAreNamedAndNotOffered() {
    AgentDefinition agent =
        agent(
            List.of(ToolRule.allow("teleport"), extract("{\"glbo\":{\"const\":\"*\"}}")),
            List.of(),
            Optional.empty());
    assertThat(agent.misfits(List.of(EXTRACT)))
        .containsExactly(
            "there is no tool \"teleport\" here", "the tool \"extract\" has no argument \"glbo\"");
    assertThat(names(new Narrowing(agent, List.of(EXTRACT)).next(NOTHING).tools()))
        .containsExactly("extract");
  }

  @Test
  void aSchemaIsNotFetchedFromElsewhere() {
    List<String> violations =
        Schemas.violations(
            Json.tree("{\"$ref\":\"http://127.0.0.1:9/evil.json\"}"), Json.tree("{}"));
    assertThat(violations).hasSize(1);
    assertThat(violations.getFirst()).contains("schema");
  }
}
