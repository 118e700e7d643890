package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.ToolChoice;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A provider's adapter before a server that gives its recorded answers. */
@Timeout(60)
abstract class AdapterTest {
  static final HttpLimits PATIENT =
      new HttpLimits(Duration.ofSeconds(50), Duration.ofSeconds(50), 1 << 20, 8L << 20);

  final TestingAdapter adapter;
  final TestingHttpServer server = new TestingHttpServer();

  AdapterTest(TestingAdapter adapter) {
    this.adapter = adapter;
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  final Model model(URI base, HttpLimits limits) {
    return adapter.model(base, limits);
  }

  List<ModelEvent> answer(String fixture, ModelRequest request) throws InterruptedException {
    server.events(fixture(fixture));
    try (ModelStream stream = model(server.url(), PATIENT).stream(request)) {
      return read(stream);
    }
  }

  static List<ModelEvent> read(ModelStream stream) throws InterruptedException {
    List<ModelEvent> events = new ArrayList<>();
    for (Optional<ModelEvent> e = stream.next(); e.isPresent(); e = stream.next()) {
      events.add(e.get());
    }
    return events;
  }

  static String textOf(List<ModelEvent> events) {
    StringBuilder out = new StringBuilder();
    for (ModelEvent event : events) {
      if (event instanceof ModelEvent.TextDelta delta) {
        out.append(delta.text());
      }
    }
    return out.toString();
  }

  static String thinkingOf(List<ModelEvent> events) {
    StringBuilder out = new StringBuilder();
    for (ModelEvent event : events) {
      if (event instanceof ModelEvent.ThinkingDelta delta) {
        out.append(delta.text());
      }
    }
    return out.toString();
  }

  static List<ModelEvent.ToolCall> calls(List<ModelEvent> events) {
    return events.stream()
        .filter(ModelEvent.ToolCall.class::isInstance)
        .map(ModelEvent.ToolCall.class::cast)
        .toList();
  }

  static ModelEvent.End end(List<ModelEvent> events) {
    assertThat(events.getLast()).isInstanceOf(ModelEvent.End.class);
    return (ModelEvent.End) events.getLast();
  }

  static ModelRequest question() {
    return ModelRequest.of(List.of(Message.User.of("What is it?")));
  }

  static ModelRequest withTools() {
    return question().withTools(List.of(readTool(), listTool()), new ToolChoice.Auto());
  }

  static ObjectNode schema() {
    return object(
        """
        {"type": "object", "additionalProperties": false, "required": ["total"],
         "properties": {"total": {"type": "string", "x-paddock-source": "document"}}}
        """);
  }

  static ToolDefinition readTool() {
    return new ToolDefinition(
        "read",
        "Reads a file.",
        object(
            """
            {"type": "object", "required": ["path"],
             "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}}}
            """),
        true);
  }

  static ToolDefinition listTool() {
    return new ToolDefinition(
        "list", "Lists a folder.", object("{\"type\": \"object\", \"properties\": {}}"), true);
  }

  static ObjectNode object(String json) {
    return (ObjectNode) Json.tree(json);
  }

  String fixture(String name) {
    return resource(name + (name.equals("status-error") ? ".json" : ".sse"));
  }

  String resource(String name) {
    String path = "/wire/" + adapter.provider() + "/" + name;
    try (InputStream in = TestingAdapter.class.getResourceAsStream(path)) {
      assertThat(in).as(path).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }
}
