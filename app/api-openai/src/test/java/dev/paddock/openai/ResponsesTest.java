package dev.paddock.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.server.TestingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ResponsesTest {
  private static final String PATH = "/v1/responses";
  private static final String TOOLS =
      "[{'type': 'function', 'name': 'add', 'parameters': {'type': 'object'}}]";

  @TempDir Path home;
  private final TestingModel model = new TestingModel(request -> Scripts.text("Hel", "lo"));
  private TestingServer server;
  private Calls calls;

  @BeforeEach
  void start() {
    server = new TestingServer(home, model);
    calls = new Calls(server.url());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ObjectNode ask(String more) {
    return Calls.json("{'model': 'test/one', 'input': 'hi'" + more + "}");
  }

  private JsonNode create(String more) throws Exception {
    Calls.Answer answer = calls.post(PATH, ask(more));
    assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
    return answer.body();
  }

  private JsonNode awaitEnd(String id) throws Exception {
    JsonNode response = calls.get(PATH + "/" + id).body();
    while (List.of("queued", "in_progress").contains(response.path("status").asText())) {
      Thread.onSpinWait();
      response = calls.get(PATH + "/" + id).body();
    }
    return response;
  }

  private List<JsonNode> stream(String more) throws Exception {
    List<JsonNode> out = new ArrayList<>();
    calls.stream(PATH, ask(", 'stream': true" + more)).forEach(data -> out.add(Json.tree(data)));
    for (int i = 0; i < out.size(); i++) {
      assertThat(out.get(i).path("sequence_number").asInt()).isEqualTo(i);
    }
    return out;
  }

  @Test
  void aStreamTellsEveryStep() throws Exception {
    model.answer(
        request ->
            Scripts.of(
                new ModelEvent.ThinkingDelta("Hm"),
                new ModelEvent.TextDelta("Hel"),
                new ModelEvent.TextDelta("lo"),
                new ModelEvent.ToolCallDelta(0, "add", "{}"),
                new ModelEvent.ToolCall(0, "", "add", Json.object())));
    List<JsonNode> events = stream(", 'reasoning': {'summary': 'auto'}, 'tools': " + TOOLS);
    assertThat(events)
        .extracting(event -> event.path("type").asText().substring("response.".length()))
        .containsExactly(
            "created",
            "in_progress",
            "output_item.added",
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "completed");
    JsonNode last = events.getLast().path("response");
    assertThat(last.path("output"))
        .extracting(item -> item.path("type").asText())
        .containsExactly("reasoning", "message", "function_call");
    assertThat(calls.get(PATH + "/" + last.path("id").asText()).body()).isEqualTo(last);
  }

  @Test
  void aConversationGoesOnAcrossARestart() throws Exception {
    ProviderState state = new ProviderState("test", Calls.json("{'signature': 'abc'}"));
    model.answer(request -> Scripts.twoCalls(Optional.of(state)));
    JsonNode first = create(", 'instructions': 'Be kind.', 'tools': " + TOOLS);
    server.close();
    start();
    model.answer(request -> Scripts.text("3"));
    ObjectNode next = ask("");
    next.put("previous_response_id", first.path("id").asText());
    next.remove("input");
    assertThat(calls.post(PATH, next).code()).isEqualTo("missing_required_parameter");
    next.put("input", "and?");
    assertThat(calls.post(PATH, next).body().at("/error/message").asText())
        .contains("No tool output found");
    for (JsonNode item : first.path("output")) {
      next.withArray(item.path("id").asText().isEmpty() ? "input" : "outputs")
          .addObject()
          .put("type", "function_call_output")
          .put("output", "2")
          .set("call_id", item.path("call_id"));
    }
    next.set("input", next.remove("outputs"));
    assertThat(calls.post(PATH, next).status()).isEqualTo(200);
    ModelRequest asked = model.requests.getLast();
    assertThat(asked.system()).isEmpty();
    assertThat(asked.messages())
        .extracting(message -> message.getClass().getSimpleName())
        .containsExactly("User", "Assistant", "ToolResult", "ToolResult");
    assertThat(((Message.Assistant) asked.messages().get(1)).state()).contains(state);
  }

  @Test
  void withoutTheStoreTheClientCarriesEverything() throws Exception {
    ProviderState state = new ProviderState("test", Calls.json("{'signature': 'abc'}"));
    model.answer(request -> Scripts.twoCalls(Optional.of(state)));
    JsonNode first =
        create(", 'store': false, 'include': ['reasoning.encrypted_content'], 'tools': " + TOOLS);
    assertThat(calls.get(PATH + "/" + first.path("id").asText()).status()).isEqualTo(404);
    ObjectNode next = ask(", 'store': false");
    next.putArray("input").addObject().put("role", "user").put("content", "hi");
    first.path("output").forEach(next.withArray("input")::add);
    for (JsonNode item : first.path("output")) {
      if (item.path("type").asText().equals("function_call")) {
        next.withArray("input")
            .addObject()
            .put("type", "function_call_output")
            .put("output", "2")
            .set("call_id", item.path("call_id"));
      }
    }
    assertThat(calls.post(PATH, next).status()).isEqualTo(200);
    assertThat(((Message.Assistant) model.requests.getLast().messages().get(1)).state())
        .contains(state);
  }

  @Test
  void aResponseInTheBackgroundCanBeFollowedAndStreamedAgain() throws Exception {
    List<JsonNode> live = stream(", 'background': true");
    assertThat(live.getFirst().at("/response/status").asText()).isEqualTo("queued");
    String id = live.getFirst().at("/response/id").asText();
    String again = calls.get(PATH + "/" + id + "?stream=true&starting_after=3").http().body();
    assertThat(Calls.events(again))
        .extracting(Json::tree)
        .containsExactlyElementsOf(live.subList(4, live.size()));
    assertThat(awaitEnd(id).path("status").asText()).isEqualTo("completed");
  }

  @Test
  void aCancelledResponseStaysCancelled() throws Exception {
    model.pace.drainPermits();
    JsonNode started = create(", 'background': true");
    String id = started.path("id").asText();
    assertThat(started.path("status").asText()).isEqualTo("queued");
    JsonNode ended = calls.send("POST", PATH + "/" + id + "/cancel", "").body();
    assertThat(ended.path("status").asText()).isEqualTo("cancelled");
    assertThat(model.cancelled.await(50, TimeUnit.SECONDS)).isTrue();
    model.pace.release(100);
    assertThat(calls.get(PATH + "/" + id).body().path("status").asText()).isEqualTo("cancelled");
    assertThat(server.platform.resources().find(StoredResponses.JOB, id)).isEmpty();
  }

  /** What a process leaves that was killed: a job whose lease runs out. */
  private void leave(String id, boolean background, int attempts) {
    ObjectNode response =
        Calls.json("{'id': '" + id + "', 'status': 'in_progress', 'created_at': 5}");
    response.put("background", background);
    ObjectNode document = Json.object();
    document.set("response", response);
    document.putArray("input");
    document.set("request", ask(background ? ", 'background': true" : ", 'stream': true"));
    ObjectNode job =
        Json.object().put("background", background).put("attempts", attempts).put("until", 1);
    server
        .platform
        .resources()
        .apply(
            List.of(
                new Change.Create(StoredResponses.KIND, id, WorkspaceId.DEFAULT, document),
                new Change.Create(StoredResponses.JOB, id, WorkspaceId.DEFAULT, job)));
  }

  @Test
  void whatWasCutOffInTheBackgroundGoesOn() throws Exception {
    leave("resp_left", true, 1);
    JsonNode ended = awaitEnd("resp_left");
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("created_at").asInt()).isEqualTo(5);
    assertThat(ended.at("/output/0/content/0/text").asText()).isEqualTo("Hello");
  }

  @ParameterizedTest
  @CsvSource({"false, 1", "true, 3"})
  void whatCannotGoOnEndsAsFailed(boolean background, int attempts) throws Exception {
    leave("resp_left", background, attempts);
    JsonNode ended = awaitEnd("resp_left");
    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.at("/error/code").asText()).isEqualTo("server_error");
    assertThat(server.platform.resources().find(StoredResponses.JOB, "resp_left")).isEmpty();
  }

  @Test
  void aFailureIsToldAsItsTimeAllows() throws Exception {
    model.answer(
        request -> new TestingModel.Script(List.of(), Optional.of(ErrorCode.RATE_LIMITED)));
    assertThat(calls.post(PATH, ask("")).status()).isEqualTo(429);
    assertThat(calls.post(PATH, ask(", 'stream': true")).status()).isEqualTo(429);
    JsonNode failed = awaitEnd(create(", 'background': true").path("id").asText());
    assertThat(failed.at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
    model.answer(
        request ->
            new TestingModel.Script(
                List.of(new ModelEvent.TextDelta("Hel")), Optional.of(ErrorCode.UNAVAILABLE)));
    assertThat(calls.post(PATH, ask("")).status()).isEqualTo(503);
    List<JsonNode> events = stream("");
    assertThat(events.getLast().path("type").asText()).isEqualTo("response.failed");
    assertThat(events.getLast().at("/response/output/0/status").asText()).isEqualTo("incomplete");
  }

  @Test
  void aFailureEndsTheCallThatGrew() throws Exception {
    model.answer(
        request ->
            new TestingModel.Script(
                List.of(new ModelEvent.ToolCallDelta(0, "add", "{\"a\"")),
                Optional.of(ErrorCode.UNAVAILABLE)));
    JsonNode call = stream("").getLast().at("/response/output/0");
    assertThat(call.path("status").asText()).isEqualTo("incomplete");
    assertThat(call.path("arguments").asText()).isEqualTo("{\"a\"");
  }

  @Test
  void aTokenLimitMakesItIncomplete() throws Exception {
    model.answer(request -> Scripts.ending(EndReason.MAX_TOKENS));
    JsonNode response = create("");
    assertThat(response.path("status").asText()).isEqualTo("incomplete");
    assertThat(response.at("/incomplete_details/reason").asText()).isEqualTo("max_output_tokens");
  }

  @Test
  void truncationLeavesTheOldestTurnsOut() throws Exception {
    model.answer(
        request ->
            request.messages().size() > 1
                ? new TestingModel.Script(List.of(), Optional.of(ErrorCode.LIMIT_EXCEEDED))
                : Scripts.text("short"));
    ObjectNode body = ask("");
    body.putArray("input");
    for (int i = 0; i < 8; i++) {
      body.withArray("input").addObject().put("role", "user").put("content", "m" + i);
    }
    assertThat(calls.post(PATH, body).code()).isEqualTo("context_length_exceeded");
    Calls.Answer answer = calls.post(PATH, body.put("truncation", "auto"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(model.requests.getLast().messages()).containsExactly(Message.User.of("m7"));
  }

  @Test
  void aCompactedConversationCanBeContinued() throws Exception {
    model.answer(request -> Scripts.text("They greeted."));
    JsonNode compacted =
        calls.post(PATH + "/compact", Calls.json("{'model': 'test/one', 'input': 'hi'}")).body();
    ObjectNode next = ask("");
    next.set("input", compacted.path("output"));
    assertThat(calls.post(PATH, next).status()).isEqualTo(200);
    assertThat(model.requests.getLast().messages().getLast().toString()).contains("They greeted.");
  }

  @Test
  void inputTokensAreAnEstimateWhereNobodyCounts() throws Exception {
    Calls.Answer answer =
        calls.post(PATH + "/input_tokens", Calls.json("{'model': 'test/one', 'input': 'hi'}"));
    assertThat(answer.body().path("input_tokens").asInt()).isPositive();
    assertThat(answer.http().headers().firstValue("paddock-token-count")).contains("estimate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "'colour': 1 | unknown_parameter | colour",
        "'input': 7 | invalid_type | input",
        "'input': [{'role': 'king', 'content': 'a'}] | invalid_value | input[0].role",
        "'input': [{'type': 'item_reference', 'id': 'x'}] | unsupported_value | input[0].type",
        "'input': [{'type': 'reasoning', 'encrypted_content': 'x'}] | invalid_encrypted_content | input[0].encrypted_content",
        "'input': [{'type': 'compaction', 'encrypted_content': 'pdk1.e30'}] | invalid_encrypted_content | input[0].encrypted_content",
        "'input': [{'type': 'function_call', 'call_id': 'c', 'name': 'f', 'arguments': '['}] | invalid_value | input[0].arguments",
        "'input': [{'type': 'function_call_output', 'call_id': 'c', 'output': 'a'}] | invalid_value | input[0].call_id",
        "'background': true, 'store': false | invalid_value | background",
        "'conversation': 'conv_1' | unsupported_parameter | conversation",
        "'include': ['everything'] | invalid_value | include",
        "'text': {'format': {'type': 'json_schema', 'schema': {}}} | missing_required_parameter | text.format.name",
        "'tools': [{'type': 'web_search'}] | unsupported_value | tools[0].type",
        "'previous_response_id': 'resp_no' | previous_response_not_found | previous_response_id",
        "'reasoning': {'effort': 'huge'} | invalid_value | reasoning.effort",
      })
  void aBadRequestNamesWhatIsWrongAndLeavesNothing(String more, String code, String param)
      throws Exception {
    ObjectNode body = ask("");
    body.setAll(Calls.json("{" + more + "}"));
    Calls.Answer answer = calls.post(PATH, body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.param()).isEqualTo(param);
    assertThat(model.requests).isEmpty();
    List<Resource> stored =
        server
            .platform
            .resources()
            .list(StoredResponses.KIND, Optional.empty(), Optional.empty(), 9);
    assertThat(stored).isEmpty();
  }
}
