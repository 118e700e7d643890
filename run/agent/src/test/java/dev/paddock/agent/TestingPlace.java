package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.Usage;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.spi.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Everything that a loop needs, in memory. */
final class TestingPlace {
  static final Principal PERSON = new Principal(Principal.Kind.USER, "ada");

  final TestingClock clock = new TestingClock();
  final TestingSessions sessions = new TestingSessions(clock);
  final TestingBlobs blobs = new TestingBlobs();
  final List<TestingThreads> threads = Collections.synchronizedList(new ArrayList<>());
  final List<Preview> previews = Collections.synchronizedList(new ArrayList<>());
  final List<Duration> sleeps = Collections.synchronizedList(new ArrayList<>());
  TestingHands hands =
      new TestingHands(sessions, (invocation, tool) -> ToolResult.ok("did " + tool));
  AgentDefinition agent = AgentDefinition.of("tester", "Tests.", "Do what is asked.");
  List<ToolDefinition> tools = List.of(tool("bash"), tool("read"), tool("write"));
  List<ToolDefinition> clientTools = List.of();
  List<ToolPolicy> policies = List.of();
  Optional<ToDoubleFunction<Usage>> price = Optional.empty();
  List<String> secrets = List.of();
  Optional<Function<Optional<String>, TestingModel>> byRef = Optional.empty();
  Runnable whileChoosing = () -> {};
  Runnable whileOpening = () -> {};
  LoopParts.Sleeper sleeper =
      duration -> {
        sleeps.add(duration);
        clock.advance(duration);
      };
  LoopSettings settings =
      new LoopSettings(
          "here",
          Duration.ofSeconds(30),
          Duration.ofMillis(5),
          Duration.ofMillis(100),
          8,
          Map.of(),
          Duration.ofSeconds(30),
          2_000,
          false);

  static ToolDefinition tool(String name) {
    return tool(name, "{\"type\":\"object\",\"properties\":{}}");
  }

  static ToolDefinition tool(String name, String schema) {
    return new ToolDefinition(name, "The tool " + name, (ObjectNode) Json.tree(schema), false);
  }

  static SessionEvent.UserMessage message(String text) {
    return new SessionEvent.UserMessage(EventId.next(), List.of(ContentBlock.text(text)));
  }

  SessionId session(String prompt) {
    return sessions.create(
        Json.object().set("agent", agent.toDocument()), NewEvent.from(PERSON, message(prompt)));
  }

  /** At once, as a request to the server does: no wake comes between. */
  void send(SessionId id, SessionEvent... events) {
    sessions.append(
        id,
        Append.acknowledged(
            Stream.of(events).map(event -> NewEvent.from(PERSON, event)).toArray(NewEvent[]::new)));
  }

  /** Of the newest error in a session's log. */
  String errorCode(SessionId id) {
    return sessions
        .events(id, SessionEvent.SessionError.class)
        .getLast()
        .error()
        .path("code")
        .asText();
  }

  Loop loop(Model model) {
    TestingThreads below = new TestingThreads(this, model);
    threads.add(below);
    return new Loop(
        new LoopParts(
            sessions,
            sessions.leases,
            blobs,
            session ->
                new AgentSource.SessionAgent(
                    AgentDefinition.fromDocument(session.document().path("agent")),
                    tools,
                    clientTools),
            ref -> {
              whileChoosing.run();
              return new ModelSource.Choice(
                  byRef.<Model>map(models -> models.apply(ref)).orElse(model), price);
            },
            (session, definition) -> {
              whileOpening.run();
              return hands.open();
            },
            policies,
            (session, preview) -> previews.add(preview),
            clock,
            sleeper,
            new Random(7),
            Optional.of(below),
            session -> secrets),
        settings);
  }

  SessionState wake(SessionId id, Model model) throws InterruptedException {
    return loop(model).wake(id).orElseThrow();
  }

  /** Wakes the session on a thread of its own. */
  CompletableFuture<Optional<SessionState>> start(SessionId id, Model model) {
    CompletableFuture<Optional<SessionState>> rested = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                rested.complete(loop(model).wake(id));
              } catch (Throwable e) {
                rested.completeExceptionally(e);
              }
            });
    return rested;
  }

  static <T> T join(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
