package dev.paddock.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.ProviderState;
import dev.paddock.core.Usage;
import dev.paddock.core.WorkspaceId;
import dev.paddock.provider.Models;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ToolChoice;
import dev.paddock.server.TestingModel;
import dev.paddock.server.TestingPlatform;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How messages are read and told; what clients make of them is shown by the conformance script. */
class MessagesTest {
  @TempDir Path home;
  private TestingPlatform store;
  private Set<Capability> capabilities = EnumSet.complementOf(EnumSet.of(Capability.LOCAL));

  @BeforeEach
  void open() {
    store = TestingApi.platform(home);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static ObjectNode json(String text) {
    return Json.read(text.replace('\'', '"'), ObjectNode.class);
  }

  private MessageRequest read(ObjectNode body) {
    Caller caller =
        new Caller(Principal.SYSTEM, WorkspaceId.DEFAULT, EnumSet.allOf(Route.Scope.class));
    ContentReader contents =
        new ContentReader(new Records(store.resources(), store.clock()), store.blobs(), caller);
    Models models = new Models(List.of(TestingModel.unasked(capabilities)), Map.of());
    return MessageRequest.read(models, contents, Fields.of(body, ""), true);
  }

  private MessageRequest ask(String more) {
    ObjectNode body =
        json(
            "{'model': 'test/one', 'max_tokens': 9000, 'messages': [{'role': 'user', 'content': 'hi'}]}");
    body.setAll(json("{" + more + "}"));
    return read(body);
  }

  @Test
  void theModelIsAskedWhatTheCallerAsked() {
    MessageRequest asked =
        ask(
            """
            'system': [{'type': 'text', 'text': 'Be kind.', 'cache_control': {'type': 'ephemeral'}}, {'type': 'text', 'text': 'Be brief.'}],
            'stop_sequences': ['a'], 'temperature': 0.5, 'top_k': 3,
            'tools': [{'name': 'add', 'description': 'Adds', 'input_schema': {'type': 'object'}, 'cache_control': {'type': 'ephemeral'}}],
            'tool_choice': {'type': 'tool', 'name': 'add', 'disable_parallel_tool_use': true},
            'output_config': {'effort': 'low', 'format': {'type': 'json_schema', 'schema': {'type': 'object'}}},
            'messages': [
              {'role': 'user', 'content': [{'type': 'text', 'text': 'a', 'cache_control': {'type': 'ephemeral'}}]},
              {'role': 'assistant', 'content': [
                {'type': 'thinking', 'thinking': 'Hm', 'signature': 'sig'},
                {'type': 'text', 'text': 'So'},
                {'type': 'tool_use', 'id': 'toolu_1', 'name': 'add', 'input': {'a': 1}, 'caller': {'type': 'direct'}}]},
              {'role': 'user', 'content': [
                {'type': 'text', 'text': 'then'},
                {'type': 'tool_result', 'tool_use_id': 'toolu_1', 'is_error': true, 'content': [{'type': 'text', 'text': 'no'}]}]}]
            """);
    ModelRequest request = asked.request();
    assertThat(request.system()).contains("Be kind.\n\nBe brief.");
    assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("add"));
    assertThat(asked.parallel()).isFalse();
    assertThat(request.effort()).contains(Effort.LOW);
    assertThat(request.output()).contains(json("{'type': 'object'}"));
    assertThat(request.sampling().maxTokens()).contains(9000);
    assertThat(request.messages().subList(2, 4))
        .containsExactly(
            new Message.ToolResult("toolu_1", "add", List.of(ContentBlock.text("no")), true),
            Message.User.of("then"));
    assertThat(((Message.Assistant) request.messages().get(1)).state())
        .contains(
            new ProviderState(
                "anthropic",
                Json.tree(
                    "[{\"kept\":{\"type\":\"thinking\",\"thinking\":\"Hm\",\"signature\":\"sig\"}},{\"text\":2},{\"call\":0}]")));
  }

  @ParameterizedTest
  @CsvSource({
    "1024, LOW",
    "4096, MEDIUM",
    "8999, MEDIUM",
  })
  void aBudgetIsAnEffort(int budget, Effort effort) {
    MessageRequest asked = ask("'thinking': {'type': 'enabled', 'budget_tokens': " + budget + "}");
    assertThat(asked.request().effort()).contains(effort);
    assertThat(asked.thinks()).isTrue();
  }

  @Test
  void aModelThatDoesNotThinkIsNotToldTo() {
    capabilities = Set.of();
    assertThat(ask("'thinking': {'type': 'adaptive'}").request().effort()).isEmpty();
    assertThat(ask("'thinking': {'type': 'adaptive'}").thinks()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "'colour': 1 | colour",
        "'max_tokens': 0 | max_tokens",
        "'model': 7 | model",
        "'messages': [] | messages",
        "'messages': [{'role': 'king', 'content': 'a'}] | messages[0].role",
        "'messages': [{'role': 'user', 'content': [{'type': 'video'}]}] | messages[0].content[0].type",
        "'messages': [{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 'x'}]}] | messages[0].content[0].tool_use_id",
        "'messages': [{'role': 'assistant', 'content': [{'type': 'tool_use', 'id': 'a b', 'name': 'f', 'input': {}}]}] | messages[0].content[0].id",
        "'messages': [{'role': 'assistant', 'content': [{'type': 'redacted_thinking', 'data': 'pdk1.!'}]}] | messages[0].content[0].data",
        "'tools': [{'type': 'web_search_20250305', 'name': 'web_search'}] | tools[0].type",
        "'tools': [{'name': 'f'}] | tools[0].input_schema",
        "'tool_choice': {'type': 'any'} | tool_choice.type",
        "'tool_choice': {'type': 'tool', 'name': 'g'} | tool_choice.name",
        "'thinking': {'type': 'enabled', 'budget_tokens': 10} | thinking.budget_tokens",
        "'thinking': {'type': 'enabled', 'budget_tokens': 9000} | thinking.budget_tokens",
        "'temperature': 2 | temperature",
        "'output_config': {'format': {'type': 'xml'}} | output_config.format.type",
        "'stop_sequences': [''] | stop_sequences[0]",
        "'mcp_servers': [{'url': 'x'}] | mcp_servers",
        "'thread': {'type': 'create'} | thread",
      })
  void aBadRequestNamesWhatIsWrong(String more, String field) {
    ServerException refused = catchThrowableOfType(ServerException.class, () -> ask(more));
    assertThat(refused).isNotNull();
    assertThat(refused.field()).contains(field);
  }

  private static ModelEvent.End end(EndReason reason, Optional<ProviderState> state) {
    return new ModelEvent.End(reason, new Usage(3, 4, 5, 6), state, Optional.empty());
  }

  private static ObjectNode build(MessageRequest asked, List<JsonNode> events, ModelEvent... said) {
    MessageBuilder builder = new MessageBuilder(asked, events::add);
    builder.start();
    List.of(said).forEach(builder::accept);
    assertThat(builder.ended()).isTrue();
    return builder.message();
  }

  @Test
  void blocksNeverOverlapHoweverTheCallsMix() {
    List<JsonNode> events = new ArrayList<>();
    ObjectNode message =
        build(
            ask("'thinking': {'type': 'adaptive'}"),
            events,
            new ModelEvent.ThinkingDelta("Hm"),
            new ModelEvent.ThinkingDelta("", Optional.of("sig")),
            new ModelEvent.TextDelta("So"),
            new ModelEvent.ToolCallDelta(0, "add", "{\"a\""),
            new ModelEvent.ToolCallDelta(1, "add", "{\"a\":"),
            new ModelEvent.ToolCallDelta(0, "add", ":1}"),
            new ModelEvent.ToolCallDelta(1, "add", "2}"),
            new ModelEvent.ToolCall(0, "", "add", Json.object().put("a", 1)),
            new ModelEvent.ToolCall(1, "", "add", Json.object().put("a", 2)),
            end(EndReason.TOOL_USE, Optional.empty()));
    assertThat(events)
        .extracting(event -> event.path("type").asText() + event.path("index").asText())
        .containsExactly(
            "message_start",
            "ping",
            "content_block_start0",
            "content_block_delta0",
            "content_block_delta0",
            "content_block_stop0",
            "content_block_start1",
            "content_block_delta1",
            "content_block_stop1",
            "content_block_start2",
            "content_block_delta2",
            "content_block_delta2",
            "content_block_stop2",
            "content_block_start3",
            "content_block_delta3",
            "content_block_stop3",
            "message_delta",
            "message_stop");
    assertThat(message.at("/content/0/signature").asText()).isEqualTo("sig");
    assertThat(message.at("/content/2/input/a").asInt()).isEqualTo(1);
    assertThat(message.at("/content/3/input/a").asInt()).isEqualTo(2);
    assertThat(message.path("stop_reason").asText()).isEqualTo("tool_use");
    assertThat(message.at("/usage/cache_creation_input_tokens").asInt()).isEqualTo(6);
  }

  @Test
  void whatAnotherProviderWantsBackTravelsInARedactedBlock() {
    ProviderState state = new ProviderState("gemini", json("{'signature': 'abc'}"));
    ObjectNode message =
        build(
            ask("'max_tokens': 9"),
            new ArrayList<>(),
            new ModelEvent.ToolCallDelta(0, "add", "{}"),
            new ModelEvent.ToolCall(0, "", "add", Json.object()),
            end(EndReason.TOOL_USE, Optional.of(state)));
    ObjectNode body = json("{'model': 'test/one', 'max_tokens': 9}");
    body.withArray("messages").addObject().put("role", "user").put("content", "hi");
    body.withArray("messages")
        .addObject()
        .put("role", "assistant")
        .set("content", message.path("content"));
    ObjectNode result = body.withArray("messages").addObject().put("role", "user");
    result
        .putArray("content")
        .addObject()
        .put("type", "tool_result")
        .set("tool_use_id", message.at("/content/0/id"));
    assertThat(((Message.Assistant) read(body).request().messages().get(1)).state())
        .contains(state);
  }

  @Test
  void thinkingIsShownToThoseWhoAskedForIt() {
    ModelEvent[] said = {
      new ModelEvent.ThinkingDelta("Hm"),
      new ModelEvent.ThinkingDelta("", Optional.of("sig")),
      new ModelEvent.TextDelta("So"),
      end(EndReason.STOP_SEQUENCE, Optional.empty())
    };
    assertThat(build(ask("'stop_sequences': ['x']"), new ArrayList<>(), said).path("content"))
        .hasSize(1);
    ObjectNode omitted =
        build(
            ask("'thinking': {'type': 'adaptive', 'display': 'omitted'}, 'stop_sequences': ['x']"),
            new ArrayList<>(),
            said);
    assertThat(omitted.at("/content/0/thinking").asText()).isEmpty();
    assertThat(omitted.at("/content/0/signature").asText()).isEqualTo("sig");
    assertThat(omitted.path("stop_sequence").asText()).isEqualTo("x");
  }
}
