package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelEvent.EndReason;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Origin;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers by a schema, from a model that babbles. */
class StructuredAnswerTest {
  private static final String ROWS =
      """
      {"type": "object", "properties": {
        "rows": {"type": "array", "items": {"type": "object", "properties": {
          "name": {"type": "string", "minLength": 2}, "n": {"type": "integer", "minimum": 100}},
          "required": ["name", "n"]}},
        "kind": {"enum": ["long one", "other"]}},
       "required": ["rows", "kind"]}""";

  private static final String TEXT = "{\"type\": \"string\", \"maxLength\": 400}";

  /** What the shortest answer by the schema takes, in tokens that are bytes. */
  private static final int SHORTEST = "{\"rows\": [], \"kind\": \"other\"}".length();

  @TempDir private Path folder;
  private LocalModel model;

  record Answer(String text, ModelEvent.End end) {}

  @BeforeEach
  void open() throws Exception {
    Path file = Files.write(folder.resolve("tiny.gguf"), TestingLlama.file(false).bytes());
    model =
        LocalModel.open(
            file,
            "local/tiny",
            new EngineOptions(2, 64 << 20),
            Optional.of(vocabulary -> new SchemaCompiler(vocabulary)));
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void isWholeAtEveryLimitThatHasRoomForIt() throws Exception {
    TestingOracle oracle = new TestingOracle(ROWS);
    int cut = 0;
    for (int limit = SHORTEST; limit < SHORTEST + 60; limit++) {
      Answer answer = ask(request(ROWS, limit, limit));
      assertThat(oracle.valid(answer.text())).as("%d: %s", limit, answer.text()).isTrue();
      assertThat(answer.end().usage().outputTokens()).isLessThanOrEqualTo(limit);
      if (answer.end().reason() == EndReason.MAX_TOKENS) {
        cut++;
      } else {
        assertThat(answer.end().reason()).isEqualTo(EndReason.END_TURN);
      }
    }
    assertThat(cut).isGreaterThan(10);
  }

  @Test
  void usesTheRoomThatItHas() throws Exception {
    Answer answer = ask(request(TEXT, 50, 3));
    assertThat(answer.end().reason()).isEqualTo(EndReason.MAX_TOKENS);
    assertThat(answer.end().usage().outputTokens()).isBetween(45L, 50L);
    assertThat(Json.tree(answer.text()).isTextual()).isTrue();
  }

  @Test
  void isNotSpoiledByOneTokenMore() throws Exception {
    for (int limit = 1; limit < 20; limit++) {
      Answer answer = ask(request("{\"type\": \"number\", \"minimum\": 0.5}", limit + 3, limit));
      assertThat(Json.tree(answer.text()).isNumber()).as(answer.text()).isTrue();
    }
  }

  @Test
  void isCutWhereThereIsNoRoomToEndIt() throws Exception {
    Answer answer = ask(request(ROWS, SHORTEST - 1, 5));
    assertThat(answer.end().reason()).isEqualTo(EndReason.MAX_TOKENS);
    assertThat(answer.end().usage().outputTokens()).isEqualTo(SHORTEST - 1);
    assertThat(answer.text()).startsWith("{\"rows\": ").doesNotEndWith("}");
  }

  @Test
  void isTracedTokenByToken() throws Exception {
    Answer answer = ask(request(TEXT, 50, 3).traced());
    assertThat(answer.end().reason()).isEqualTo(EndReason.MAX_TOKENS);
    assertThat(Json.tree(answer.text()).isTextual()).isTrue();
    int written = answer.text().getBytes(StandardCharsets.UTF_8).length;
    assertThat(answer.end().trace().orElseThrow().outputTokens()).hasSize(written);
    assertThat(answer.end().trace().orElseThrow().logprobs()).hasSize(written);
    assertThat(answer.end().trace().orElseThrow().allowed()).hasSize(written).allMatch(n -> n > 0);
  }

  @Test
  void aCutCallStaysNoCall() throws Exception {
    ToolDefinition tool = new ToolDefinition("note", "Notes", (ObjectNode) Json.tree(ROWS), true);
    ModelRequest request =
        ModelRequest.of(List.of(Message.User.of("x")))
            .withTools(List.of(tool), new ToolChoice.Required())
            .withSampling(sampling(90, 1));
    try (ModelStream stream = model.stream(request)) {
      for (Optional<ModelEvent> e = stream.next(); e.isPresent(); e = stream.next()) {
        assertThat(e.get()).isNotInstanceOf(ModelEvent.ToolCall.class);
        if (e.get() instanceof ModelEvent.End end) {
          assertThat(end.reason()).isEqualTo(EndReason.MAX_TOKENS);
        }
      }
    }
  }

  @Test
  void tellsWhereCopiedValuesComeFrom() throws Exception {
    String said = "Nordlicht Papier, 12.00 EUR";
    String schema =
        """
        {"type": "object", "properties": {"who": {"type": "string", "x-paddock-source": true}},
         "required": ["who"]}""";
    for (int seed = 0; seed < 10; seed++) {
      Answer answer =
          ask(
              ModelRequest.of(List.of(Message.User.of(said)))
                  .withOutput((ObjectNode) Json.tree(schema))
                  .withSampling(sampling(60, seed)));
      Origin origin = answer.end().origins().getFirst();
      assertThat(origin.pointer()).isEqualTo("/who");
      assertThat(origin.value()).isEqualTo(Json.tree(answer.text()).get("who").textValue());
      Origin.Span span = origin.spans().getFirst();
      assertThat(span.source()).isEqualTo("user");
      assertThat(said.substring(span.start(), span.end())).isEqualTo(origin.value());
    }
  }

  @Test
  void tellsWhereTheInputOfACallWasCopiedFrom() throws Exception {
    String input =
        """
        {"type": "object", "properties": {"file": {"type": "string", "x-paddock-source": true}},
         "required": ["file"]}""";
    ToolDefinition tool = new ToolDefinition("read", "Reads", (ObjectNode) Json.tree(input), true);
    Answer answer =
        ask(
            ModelRequest.of(List.of(Message.User.of("Read notes.txt")))
                .withTools(List.of(tool), new ToolChoice.Required())
                .withSampling(sampling(200, 1)));
    assertThat(answer.end().reason()).isEqualTo(EndReason.TOOL_USE);
    assertThat(answer.end().origins()).extracting(Origin::pointer).containsExactly("/file");
  }

  private static ModelRequest request(String schema, int limit, long seed) {
    return ModelRequest.of(List.of(Message.User.of("Go on")))
        .withOutput((ObjectNode) Json.tree(schema))
        .withSampling(sampling(limit, seed));
  }

  private static Sampling sampling(int limit, long seed) {
    return new Sampling(
            Optional.of(3.0),
            Optional.of(1.0),
            Optional.empty(),
            Optional.empty(),
            Optional.of(limit),
            List.of())
        .withSeed(seed);
  }

  private Answer ask(ModelRequest request) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    try (ModelStream stream = model.stream(request)) {
      for (Optional<ModelEvent> e = stream.next(); e.isPresent(); e = stream.next()) {
        if (e.get() instanceof ModelEvent.TextDelta delta) {
          text.append(delta.text());
        }
        if (e.get() instanceof ModelEvent.End end) {
          return new Answer(text.toString(), end);
        }
      }
    }
    throw new AssertionError("no end");
  }
}
