package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A session whose agent may give work to a helper. */
final class TestingDelegation {
  final TestingPlace place = new TestingPlace();
  AgentDefinition helper = AgentDefinition.of("helper", "Helps.", "You help.");

  ObjectNode document(SessionDocument.Delegate... roster) {
    SessionDocument plain = SessionDocument.of(place.agent);
    return new SessionDocument(
            plain.agent(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            List.of(roster),
            Optional.empty(),
            List.of())
        .into(Json.object());
  }

  SessionDocument.Delegate delegate() {
    return new SessionDocument.Delegate(
        "helper", "Helps.", SessionDocument.of(helper).into(Json.object()));
  }

  SessionId session(String prompt) {
    SessionId id = place.sessions.create(document(delegate()));
    place.send(id, TestingPlace.message(prompt));
    return id;
  }

  static boolean helps(ModelRequest request) {
    return request.system().orElse("").startsWith("You help.");
  }

  static ModelEvent.ToolCall task(String message) {
    return call(
        Roster.DELEGATE, Json.write(Json.object().put("agent", "helper").put("message", message)));
  }

  /** The text that the model read last. */
  static String last(ModelRequest request) {
    return switch (request.messages().getLast()) {
      case Message.User m -> ContentBlock.textOf(m.content());
      case Message.ToolResult m -> ContentBlock.textOf(m.content());
      case Message.Assistant m -> m.text();
      case Message.Instruction m -> m.text();
    };
  }

  static boolean hasResult(ModelRequest request) {
    return request.messages().stream().anyMatch(Message.ToolResult.class::isInstance);
  }

  static TestingModel model(
      Function<ModelRequest, TestingModel.Said> above,
      Function<ModelRequest, TestingModel.Said> below) {
    return new TestingModel(
        TestingModel.strong(),
        request -> helps(request) ? below.apply(request) : above.apply(request));
  }

  static TestingModel.Said once(ModelRequest request, ModelEvent.ToolCall... first) {
    return hasResult(request) ? text("Told: " + last(request)) : calls(first);
  }

  List<SessionRecord> threads(SessionId parent) {
    return place.sessions.list(SessionFilter.newest(100).withParent(parent));
  }

  List<String> types(SessionId id) {
    return place.sessions.events(id).stream().map(SessionEvent::type).toList();
  }

  List<SessionEvent.AgentToolResult> results(SessionId id) {
    return place.sessions.events(id, SessionEvent.AgentToolResult.class);
  }

  void helperAsks() {
    helper =
        new AgentDefinition(
            "helper",
            "Helps.",
            "You help.",
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of(new ToolRule("bash", ToolRule.Policy.ALWAYS_ASK, Map.of()))),
            List.of(),
            Optional.empty(),
            EnvironmentRule.NONE,
            Budget.NONE);
  }

  static TestingModel askingModel() {
    return model(
        request -> once(request, task("run it")), request -> once(request, call("bash", "{}")));
  }

  void joinThreads() throws InterruptedException {
    for (TestingThreads below : List.copyOf(place.threads)) {
      below.join();
    }
  }
}
