package dev.paddock.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ToolChoice;
import dev.paddock.server.TestingModel;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ChatTest {
  private static final String PATH = "/v1/chat/completions";

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

  private ObjectNode ask(String more) {
    return Calls.json(
        "{'model': 'test/one', 'messages': [{'role': 'user', 'content': 'hi'}]" + more + "}");
  }

  private ModelRequest asked() {
    return model.requests.getLast();
  }

  @Test
  void theModelIsAskedWhatTheCallerAsked() throws Exception {
    ObjectNode body =
        Calls.json(
            """
            {'model': 'gpt-mapped', 'temperature': 0.5, 'top_p': 0.9, 'seed': 7, 'stop': ['a', 'b'],
             'max_completion_tokens': 50, 'reasoning_effort': 'high', 'user': 'someone',
             'response_format': {'type': 'json_schema', 'json_schema': {'name': 'x', 'schema': {'type': 'object'}}},
             'tools': [{'type': 'function', 'function': {'name': 'add', 'description': 'Adds', 'parameters': {'type': 'object'}}}],
             'tool_choice': {'type': 'function', 'function': {'name': 'add'}},
             'messages': [
               {'role': 'system', 'content': 'Be kind.'},
               {'role': 'developer', 'content': [{'type': 'text', 'text': 'Be brief.'}]},
               {'role': 'user', 'content': [{'type': 'text', 'text': 'See'},
                 {'type': 'image_url', 'image_url': {'url': 'data:image/png;base64,AAAA'}}]},
               {'role': 'assistant', 'content': null, 'tool_calls': [
                 {'id': 'c1', 'type': 'function', 'function': {'name': 'add', 'arguments': '{\\"a\\":1}'}},
                 {'id': 'c2', 'type': 'function', 'function': {'name': 'add', 'arguments': ''}}]},
               {'role': 'tool', 'tool_call_id': 'c2', 'content': 'two'},
               {'role': 'tool', 'tool_call_id': 'c1', 'content': 'one'},
               {'role': 'system', 'content': 'Now in French.'},
               {'role': 'user', 'content': 'go'}]}
            """);
    Calls.Answer answer = calls.post(PATH, body);
    assertThat(answer.body().path("model").asText()).isEqualTo("gpt-mapped");
    ModelRequest request = asked();
    assertThat(request.system()).contains("Be kind.\n\nBe brief.");
    assertThat(request.sampling().temperature()).contains(0.5);
    assertThat(request.sampling().topP()).contains(0.9);
    assertThat(request.sampling().seed()).contains(7L);
    assertThat(request.sampling().maxTokens()).contains(50);
    assertThat(request.sampling().stop()).containsExactly("a", "b");
    assertThat(request.effort()).contains(Effort.HIGH);
    assertThat(request.output()).contains(Calls.json("{'type': 'object'}"));
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("add"));
    assertThat(request.messages())
        .extracting(message -> message.getClass().getSimpleName())
        .containsExactly("User", "Assistant", "ToolResult", "ToolResult", "Instruction", "User");
    assertThat(request.messages().get(2))
        .isInstanceOfSatisfying(
            Message.ToolResult.class, result -> assertThat(result.toolName()).isEqualTo("add"));
  }

  @Test
  void anAnswerHasTheVendorsShape() throws Exception {
    JsonNode answer = calls.post(PATH, ask("")).body();
    assertThat(answer.path("choices").path(0))
        .isEqualTo(
            Calls.json(
                "{'index': 0, 'message': {'role': 'assistant', 'content': 'Hello', 'refusal': null,"
                    + " 'annotations': []}, 'logprobs': null, 'finish_reason': 'stop'}"));
    assertThat(answer.path("usage"))
        .isEqualTo(
            Calls.json(
                "{'prompt_tokens': 15, 'completion_tokens': 2, 'total_tokens': 17,"
                    + " 'prompt_tokens_details': {'cached_tokens': 4, 'cache_write_tokens': 1}}"));
  }

  @Test
  void logprobsComeWithTheirBytes() throws Exception {
    model.answer(
        request ->
            Scripts.of(
                new ModelEvent.TextDelta(
                    "é",
                    List.of(
                        new ModelEvent.TokenLogprob(
                            "é", -0.5, List.of(new ModelEvent.Alternative("e", -2)))))));
    JsonNode token =
        calls
            .post(PATH, ask(", 'logprobs': true, 'top_logprobs': 3"))
            .body()
            .at("/choices/0/logprobs/content/0");
    assertThat(asked().logprobs()).contains(3);
    assertThat(token)
        .isEqualTo(
            Calls.json(
                "{'token': 'é', 'logprob': -0.5, 'bytes': [195, 169],"
                    + " 'top_logprobs': [{'token': 'e', 'logprob': -2.0, 'bytes': [101]}]}"));
  }

  @Test
  void chunksOfParallelCallsCanBePutTogether() throws Exception {
    model.answer(request -> Scripts.twoCalls(Optional.empty()));
    List<String> data = calls.stream(PATH, ask(", 'stream': true, 'tools': " + Scripts.TOOLS));
    assertThat(data.getLast()).isEqualTo("[DONE]");
    StringBuilder[] arguments = {new StringBuilder(), new StringBuilder()};
    String finish = "";
    for (String text : data.subList(0, data.size() - 1)) {
      JsonNode choice = Json.tree(text).at("/choices/0");
      for (JsonNode call : choice.at("/delta/tool_calls")) {
        StringBuilder into = arguments[call.path("index").asInt()];
        assertThat(call.has("id")).isEqualTo(into.isEmpty());
        into.append(call.at("/function/arguments").asText());
      }
      finish = choice.path("finish_reason").asText(finish);
    }
    assertThat(arguments[0]).hasToString("{\"a\":1}");
    assertThat(arguments[1]).hasToString("{\"a\":2}");
    assertThat(finish).isEqualTo("tool_calls");
  }

  @Test
  void oneCallAtATimeWhereTheCallerSaysSo() throws Exception {
    model.answer(request -> Scripts.twoCalls(Optional.empty()));
    JsonNode answer =
        calls.post(PATH, ask(", 'parallel_tool_calls': false, 'tools': " + Scripts.TOOLS)).body();
    assertThat(answer.at("/choices/0/message/tool_calls")).hasSize(1);
  }

  @Test
  void whatTheProviderWantsBackTravelsWithTheCalls() throws Exception {
    ProviderState state = new ProviderState("test", Calls.json("{'signature': 'abc'}"));
    model.answer(request -> Scripts.twoCalls(Optional.of(state)));
    JsonNode message = calls.post(PATH, ask("")).body().at("/choices/0/message");
    ObjectNode next = ask("");
    next.withArray("messages").add(message);
    for (JsonNode call : message.path("tool_calls")) {
      next.withArray("messages")
          .addObject()
          .put("role", "tool")
          .put("content", "3")
          .set("tool_call_id", call.path("id"));
    }
    assertThat(calls.post(PATH, next).status()).isEqualTo(200);
    assertThat(asked().messages().get(1))
        .isInstanceOfSatisfying(
            Message.Assistant.class, said -> assertThat(said.state()).contains(state));
  }

  @Test
  void severalChoicesAreSeveralRequestsWithSeedsOfTheirOwn() throws Exception {
    JsonNode answer = calls.post(PATH, ask(", 'n': 3, 'seed': 5")).body();
    assertThat(answer.path("choices")).hasSize(3);
    assertThat(model.requests)
        .extracting(request -> request.sampling().seed().orElseThrow())
        .containsExactlyInAnyOrder(5L, 6L, 7L);
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(6);
  }

  @Test
  void callsCountTowardsTheLengthOfAnAnswer() throws Exception {
    ModelEvent half = new ModelEvent.ToolCallDelta(0, "add", "x".repeat(5 << 20));
    model.answer(request -> Scripts.of(half, half));
    assertThat(calls.post(PATH, ask("")).status()).isEqualTo(413);
  }

  @Test
  void aFailureInTheMiddleOfAStreamIsTold() throws Exception {
    model.answer(
        request ->
            new TestingModel.Script(
                List.of(new ModelEvent.TextDelta("Hel")), Optional.of(ErrorCode.UNAVAILABLE)));
    List<String> data = calls.stream(PATH, ask(", 'stream': true"));
    assertThat(Json.tree(data.getLast()).at("/error/type").asText()).isEqualTo("server_error");
  }

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, 429",
    "UNAVAILABLE, 503",
    "TIMEOUT, 504",
    "INVALID_REQUEST, 400",
    "LIMIT_EXCEEDED, 400",
    "NOT_FOUND, 404"
  })
  void aFailureKeepsItsClass(ErrorCode code, int status) throws Exception {
    model.answer(request -> new TestingModel.Script(List.of(), Optional.of(code)));
    Calls.Answer whole = calls.post(PATH, ask(""));
    assertThat(whole.status()).isEqualTo(status);
    assertThat(calls.post(PATH, ask(", 'stream': true")).status()).isEqualTo(status);
    assertThat(whole.http().headers().firstValue("x-should-retry"))
        .contains(Boolean.toString(status == 429 || status >= 500));
  }

  @Test
  void hangingUpCancelsTheRequest() throws Exception {
    model.pace.drainPermits();
    model.pace.release(2);
    HttpRequest request =
        calls
            .request(PATH)
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(ask(", 'stream': true"))))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      InputStream body = client.send(request, BodyHandlers.ofInputStream()).body();
      assertThat(body.read()).isPositive();
      body.close();
      client.shutdownNow();
    }
    assertThat(model.cancelled.await(50, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusalsAndLimitsAreToldByTheirReasons() throws Exception {
    model.answer(request -> Scripts.ending(EndReason.MAX_TOKENS));
    assertThat(finish()).isEqualTo("length");
    model.answer(request -> Scripts.ending(EndReason.REFUSAL));
    assertThat(finish()).isEqualTo("content_filter");
    model.answer(request -> Scripts.ending(EndReason.STOP_SEQUENCE));
    assertThat(finish()).isEqualTo("stop");
  }

  private String finish() throws Exception {
    return calls.post(PATH, ask("")).body().at("/choices/0/finish_reason").asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        ", 'colour': 1 | unknown_parameter | colour",
        ", 'temperature': 'hot' | invalid_type | temperature",
        ", 'temperature': 3 | invalid_value | temperature",
        ", 'n': 100 | invalid_value | n",
        ", 'max_tokens': 1.5 | invalid_type | max_tokens",
        ", 'max_tokens': 99999999999999999999 | invalid_value | max_tokens",
        ", 'frequency_penalty': 1 | unsupported_parameter | frequency_penalty",
        ", 'top_logprobs': 2 | invalid_value | top_logprobs",
        ", 'stream_options': {'include_usage': true} | invalid_value | stream_options",
        ", 'stop': [1] | invalid_type | stop",
        ", 'stop': ['a','b','c','d','e'] | array_above_max_length | stop",
        ", 'tools': [{'type': 'web_search'}] | unsupported_value | tools[0].type",
        ", 'tools': [{'type': 'function', 'function': {'name': 'a b'}}] | invalid_value | tools[0].function.name",
        ", 'tool_choice': 'required' | invalid_value | tool_choice",
        ", 'response_format': {'type': 'xml'} | invalid_value | response_format.type",
        ", 'metadata': {'a': 1} | invalid_type | metadata.a",
        ", 'messages': [] | empty_array | messages",
        ", 'messages': [{'role': 'king', 'content': 'a'}] | invalid_value | messages[0].role",
        ", 'messages': [{'role': 'user'}] | missing_required_parameter | messages[0].content",
        ", 'messages': [{'role': 'user', 'content': [{'type': 'input_audio'}]}] | unsupported_value | messages[0].content[0].type",
        ", 'messages': [{'role': 'user', 'content': [{'type': 'image_url', 'image_url': {'url': 'file:///etc/passwd'}}]}] | invalid_value | messages[0].content[0].image_url.url",
        ", 'messages': [{'role': 'tool', 'tool_call_id': 'x', 'content': 'a'}] | invalid_value | messages[0].tool_call_id",
        ", 'messages': [{'role': 'assistant', 'tool_calls': [{'id': 'c', 'type': 'function', 'function': {'name': 'f', 'arguments': 'no'}}]}] | invalid_value | messages[0].tool_calls[0].function.arguments",
        ", 'model': 'nobody/x' | model_not_found | model",
      })
  void aBadRequestNamesWhatIsWrong(String more, String code, String param) throws Exception {
    ObjectNode body = ask("");
    body.setAll(Calls.json("{" + more.substring(1) + "}"));
    Calls.Answer answer = calls.post(PATH, body);
    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.param()).isEqualTo(param);
    assertThat(model.requests).isEmpty();
  }

  @Test
  void aModelIsNotAskedForWhatItCannotDo() throws Exception {
    TestingModel plain = new TestingModel(request -> Scripts.text("a"), Set.of());
    try (TestingServer other = new TestingServer(home.resolve("other"), plain)) {
      Calls to = new Calls(other.url());
      for (String more :
          List.of(
              ", 'logprobs': true",
              ", 'reasoning_effort': 'high'",
              ", 'tools': " + Scripts.TOOLS,
              ", 'response_format': {'type': 'json_object'}")) {
        assertThat(to.post(PATH, ask(more)).code()).isEqualTo("unsupported_parameter");
      }
      assertThat(plain.requests).isEmpty();
    }
  }

  @Test
  void aStoredCompletionIsThereAfterARestart() throws Exception {
    String id =
        calls.post(PATH, ask(", 'store': true, 'metadata': {'a': 'b'}")).body().path("id").asText();
    server.close();
    start();
    assertThat(calls.get(PATH + "/" + id).body().at("/metadata/a").asText()).isEqualTo("b");
    assertThat(calls.get(PATH + "/" + id + "/messages").body().at("/data/0/content").asText())
        .isEqualTo("hi");
    assertThat(calls.get(PATH + "?metadata[a]=c").body().path("data")).isEmpty();
    assertThat(calls.get(PATH + "?metadata[&metadata]=").status()).isEqualTo(200);
    assertThat(calls.get(PATH + "?limit=0").status()).isEqualTo(400);
  }
}
