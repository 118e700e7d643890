package dev.paddock.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.SessionDocument;
import dev.paddock.agent.ToolRule;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.provider.spi.Effort;
import dev.paddock.server.TestingPlatform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InteractionsTest {
  private static final String PATH = "/v1beta/interactions";

  @TempDir Path folder;
  private TestingPlatform platform;
  private TestingApi api;

  @BeforeEach
  void open() {
    platform = TestingApi.platform(folder);
    api = new TestingApi(platform);
  }

  @AfterEach
  void close() {
    platform.close();
  }

  private String create(String fields) {
    return api.post(PATH, "{\"background\": true, " + fields + "}").path("id").asText();
  }

  private static SessionId session(String id) {
    return new SessionId("sesn_" + id.substring(4));
  }

  private SessionRecord record(String id) {
    return platform.sessions().find(session(id)).orElseThrow();
  }

  private SessionState fold(String id) {
    return SessionState.of(platform.sessions().readAll(session(id)));
  }

  private TestingRun run(String id) {
    TestingRun run = new TestingRun(platform, session(id));
    run.begin();
    return run;
  }

  private String answered(String id, String text) {
    TestingRun run = run(id);
    run.answer(run.ask(), TestingRun.message(EventId.next(), text));
    run.finish();
    return id;
  }

  private JsonNode get(String id) {
    return api.get(PATH + "/" + id);
  }

  private static void refused(ErrorCode code, Runnable request, String... words) {
    assertThatExceptionOfType(PaddockException.class)
        .isThrownBy(request::run)
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              for (String word : words) {
                assertThat(e).hasMessageContaining(word);
              }
            });
  }

  @Test
  void theRequestBecomesTheSessionsDocument() {
    String id =
        create(
            """
            "model": "test/one", "input": "What is new?", "system_instruction": "Be brief.",
            "tools": [{"type": "code_execution"}, {"type": "function", "name": "f"}],
            "generation_config": {"temperature": 0.5, "max_output_tokens": 9, "thinking_level": "low"}
            """);
    SessionDocument document = SessionDocument.read(record(id).document());
    AgentDefinition agent = document.definition();
    assertThat(agent.instructions()).isEqualTo("Be brief.");
    assertThat(agent.model()).contains("test/one");
    assertThat(agent.effort()).contains(Effort.LOW);
    assertThat(agent.tools().orElseThrow().stream().map(ToolRule::name))
        .containsExactly("bash", "f");
    assertThat(document.clientTools()).singleElement().matches(tool -> tool.name().equals("f"));
    JsonNode sampling = record(id).document().path("generation").path("sampling");
    assertThat(sampling.path("temperature").asDouble()).isEqualTo(0.5);
    assertThat(sampling.path("maxTokens").asInt()).isEqualTo(9);
    assertThat(platform.woken).containsExactly(session(id));
    assertThat(fold(id).runnable()).isTrue();
  }

  @Test
  void anAgentReadsWhatItsEnvironmentSays() {
    String environment =
        api.post(
                "/v1beta/environments",
                """
                {"sources": [
                  {"target": "AGENTS.md", "content": "Use metric units."},
                  {"target": ".agents/skills/tax/SKILL.md",
                   "content": "---\\nname: tax\\ndescription: Files taxes\\n---\\nDo it."}]}
                """)
            .path("id")
            .asText();
    api.post("/v1beta/agents", "{\"id\": \"clerk\", \"system_instruction\": \"You are a clerk.\"}");
    String id =
        create(
            "\"agent\": \"clerk\", \"input\": \"hi\", \"environment\": \"%s\""
                .formatted(environment));
    assertThat(SessionDocument.read(record(id).document()).definition().instructions())
        .contains("You are a clerk.")
        .contains("Use metric units.")
        .contains("- tax (/workspace/.agents/skills/tax/SKILL.md): Files taxes")
        .doesNotContain("Do it.");
    assertThat(get(id).path("environment_id").asText()).isEqualTo(environment);
  }

  @Test
  void aConversationGoesOnFromAnyOfItsPoints() {
    String first = answered(create("\"model\": \"test/one\", \"input\": \"one\""), "first");
    String next = "\"model\": \"test/one\", \"previous_interaction_id\": \"%s\"";
    String second = create(next.formatted(first) + ", \"input\": \"two\"");
    refused(
        ErrorCode.CONFLICT,
        () -> create(next.formatted(second) + ", \"input\": \"too soon\""),
        "in progress");
    answered(second, "second");
    String branch = answered(create(next.formatted(first) + ", \"input\": \"three\""), "third");
    api.json("DELETE", PATH + "/" + first, "");
    assertThat(said(second)).containsExactly("one", "first", "two", "second");
    assertThat(said(branch)).containsExactly("one", "first", "three", "third");
    assertThat(get(branch).path("steps")).hasSize(1);
    assertThat(get(branch).path("usage").path("total_tokens").asInt()).isEqualTo(18);
    refused(ErrorCode.NOT_FOUND, () -> get(first));
  }

  private List<String> said(String id) {
    return platform.sessions().readAll(session(id)).stream()
        .map(LogEntry::event)
        .flatMap(
            event ->
                switch (event) {
                  case SessionEvent.UserMessage m ->
                      Optional.of(ContentBlock.textOf(m.content())).stream();
                  case SessionEvent.AgentMessage m ->
                      Optional.of(ContentBlock.textOf(m.content())).stream();
                  default -> Optional.<String>empty().stream();
                })
        .toList();
  }

  @Test
  void functionsAreAnsweredByTheNextInteraction() {
    String asked =
        create(
            "\"model\": \"test/one\", \"input\": \"x\", \"tools\": [{\"type\": \"function\", \"name\": \"f\"}]");
    TestingRun run = run(asked);
    SessionEvent.AgentCustomToolUse one = TestingRun.function("f");
    SessionEvent.AgentCustomToolUse two = TestingRun.function("f");
    run.answer(run.ask(), "tool_use", one, two);
    run.rest(new StopReason.RequiresAction(List.of(one.id(), two.id())));
    assertThat(get(asked).path("status").asText()).isEqualTo("requires_action");
    assertThat(get(asked).path("steps").path(0).path("id").asText()).isEqualTo(one.id().value());

    String next = "\"model\": \"test/one\", \"previous_interaction_id\": \"" + asked + "\", ";
    String result = "{\"type\": \"function_result\", \"call_id\": \"%s\", \"result\": \"r\"}";
    refused(
        ErrorCode.INVALID_REQUEST,
        () -> create(next + "\"input\": [" + result.formatted(one.id()) + "]"),
        two.id().value());
    refused(
        ErrorCode.INVALID_REQUEST,
        () -> create(next + "\"input\": [" + result.formatted("sevt_unknown") + "]"),
        "input[0].call_id");
    String both =
        create(
            next
                + "\"input\": ["
                + result.formatted(two.id())
                + ","
                + result.formatted(one.id())
                + "]");
    SessionState state = fold(both);
    assertThat(state.openCalls()).isEmpty();
    assertThat(state.runnable()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, completed",
    "max_tokens, incomplete",
    "budget, budget_exceeded",
    "refusal, failed",
    "retries, failed",
    "interrupt, cancelled",
    "terminated, cancelled",
    "running, in_progress"
  })
  void statuses(String how, String status) {
    String id = create("\"model\": \"test/one\", \"input\": \"x\"");
    TestingRun run = run(id);
    switch (how) {
      case "end_turn", "max_tokens" -> {
        run.answer(run.ask(), how, TestingRun.message(EventId.next(), "so"));
        run.finish();
      }
      case "budget" -> run.rest(new StopReason.BudgetReached());
      case "refusal" -> run.rest(new StopReason.Refusal());
      case "retries" -> run.rest(new StopReason.RetriesExhausted());
      case "interrupt" -> {
        platform.append(session(id), new SessionEvent.UserInterrupt(EventId.next()));
        run.finish();
      }
      case "terminated" ->
          platform.append(session(id), new SessionEvent.StatusTerminated(EventId.next()));
      default -> {}
    }
    assertThat(get(id).path("status").asText()).isEqualTo(status);
    assertThat(get(id).has("errors")).isEqualTo(how.equals("refusal"));
  }

  @Test
  void whatGoesOnInTheBackgroundMustBeStored() {
    String body =
        "{\"model\": \"test/one\", \"input\": \"x\", \"store\": false, \"background\": true}";
    refused(ErrorCode.INVALID_REQUEST, () -> api.post(PATH, body), "store");
  }

  @Test
  void nothingOfOneWorkspaceIsSeenFromAnother() {
    TestingApi other = api.as(TestingApi.OTHER);
    String id = answered(create("\"model\": \"test/one\", \"input\": \"x\""), "y");
    String environment = api.post("/v1beta/environments", "{}").path("id").asText();
    api.post("/v1beta/agents", "{\"id\": \"mine\"}");
    other.post("/v1beta/agents", "{\"id\": \"mine\"}");
    refused(ErrorCode.NOT_FOUND, () -> other.get(PATH + "/" + id));
    refused(ErrorCode.NOT_FOUND, () -> other.json("DELETE", PATH + "/" + id, ""));
    refused(ErrorCode.NOT_FOUND, () -> other.post(PATH + "/" + id + "/cancel", ""));
    refused(ErrorCode.NOT_FOUND, () -> other.get("/v1beta/environments/" + environment));
    refused(
        ErrorCode.NOT_FOUND, () -> other.get("/v1beta/environments/" + environment + "/files/x"));
    refused(
        ErrorCode.NOT_FOUND,
        () ->
            other.post(
                PATH,
                "{\"model\": \"test/one\", \"input\": \"x\", \"previous_interaction_id\": \"%s\"}"
                    .formatted(id)));
    assertThat(other.get("/v1beta/environments").path("environments")).isEmpty();
    assertThat(other.get("/v1beta/agents").path("agents")).hasSize(1);
  }

  @Test
  void aChainsOwnWorkspaceGoesWithItsLastInteraction() {
    String code = ", \"tools\": [{\"type\": \"code_execution\"}]";
    String first = answered(create("\"model\": \"test/one\", \"input\": \"x\"" + code), "a");
    String second =
        create(
            "\"model\": \"test/one\", \"input\": \"y\", \"previous_interaction_id\": \"%s\""
                    .formatted(first)
                + code);
    ObjectNode document = record(second).document();
    String workspace = document.path("workspace").asText();
    assertThat(record(first).document().path("workspace").asText()).isEqualTo(workspace);
    platform.workspaceFiles(workspace).write("kept", "x".getBytes(StandardCharsets.UTF_8));
    api.json("DELETE", PATH + "/" + first, "");
    assertThat(platform.workspaces()).containsExactly(workspace);
    api.json("DELETE", PATH + "/" + second, "");
    assertThat(platform.workspaces()).isEmpty();
  }
}
