package dev.paddock.agent;

import static dev.paddock.agent.TestingModel.call;
import static dev.paddock.agent.TestingModel.calls;
import static dev.paddock.agent.TestingModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A conversation that nears the model's limit is summed up. */
class CompactionTest {
  private static final int CALLS = 12;

  private TestingPlace place = place();

  private static TestingPlace place() {
    TestingPlace place = new TestingPlace();
    place.hands =
        new TestingHands(
            place.sessions,
            (invocation, tool) ->
                ToolResult.ok(invocation.input().path("step").asText() + " " + "x".repeat(1_500)));
    return place;
  }

  private static ModelDescription small(Set<Capability> more) {
    Set<Capability> capabilities = new HashSet<>(more);
    capabilities.add(Capability.TOOLS);
    return new ModelDescription("testing/small", 6_000, 1_000, capabilities);
  }

  private static boolean sums(ModelRequest request) {
    return textOf(request.messages().getLast()).startsWith("The conversation becomes too long.");
  }

  private static String textOf(Message message) {
    return switch (message) {
      case Message.User m -> ContentBlock.textOf(m.content());
      case Message.Instruction m -> m.text();
      case Message.Assistant m -> m.text();
      case Message.ToolResult m -> ContentBlock.textOf(m.content());
    };
  }

  /** One call after the other, told from the log: what a summary leaves out is not done again. */
  private TestingModel model(
      SessionId id, ModelDescription description, Supplier<TestingModel.Said> summary) {
    return new TestingModel(
        description,
        request -> {
          if (sums(request)) {
            return summary.get();
          }
          int done = place.sessions.events(id, SessionEvent.AgentToolResult.class).size();
          return done < CALLS
              ? calls(call("bash", "{\"step\":%d}".formatted(done)))
              : text("All done.");
        });
  }

  private SessionId session() {
    SessionId id = place.session("do all twelve");
    place.sessions.append(
        id,
        Append.acknowledged(
            NewEvent.from(
                new Principal(Principal.Kind.KEY, "operator"),
                new SessionEvent.SystemMessage(
                    EventId.next(), List.of(ContentBlock.text("Standing order."))))));
    return id;
  }

  private static void assertWhole(ModelRequest request) {
    Set<String> open = new HashSet<>();
    for (Message message : request.messages()) {
      if (message instanceof Message.Assistant said) {
        said.calls().forEach(call -> open.add(call.id()));
      }
      if (message instanceof Message.ToolResult result) {
        assertThat(open.remove(result.callId())).as("a result after its call").isTrue();
      }
    }
    assertThat(open).as("every call with its result").isEmpty();
  }

  @Test
  void aSummaryStandsForTheOlderPart() throws InterruptedException {
    SessionId id = session();
    TestingModel model = model(id, small(Set.of()), () -> text("Steps done so far: many."));
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(place.sessions.events(id, SessionEvent.AgentThreadContextCompacted.class))
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.summary().orElseThrow().path("text").asText()).contains("many");
              assertThat(event.usage()).contains(TestingModel.USAGE);
            });
    assertThat(model.requests()).allSatisfy(CompactionTest::assertWhole);
    ModelRequest last = model.requests().getLast();
    assertThat(last.messages().stream().map(CompactionTest::textOf).toList())
        .startsWith("do all twelve", "Standing order.")
        .anyMatch(said -> said.contains("Steps done so far: many."))
        .noneMatch(said -> said.contains("are left out here"));
    assertThat(textOf(last.messages().getLast())).startsWith("11 ");
    assertThat(rested.usage().total())
        .isEqualTo(TestingModel.USAGE.total() * model.requests().size());
  }

  @Test
  void withoutASummaryItIsTrimmed() throws InterruptedException {
    SessionId id = session();
    TestingModel model =
        model(
            id,
            small(Set.of()),
            () -> TestingModel.fails(new ModelException(ErrorCode.UNAVAILABLE, "not there")));
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).contains(new StopReason.EndTurn());
    assertThat(place.sessions.events(id, SessionEvent.AgentThreadContextCompacted.class)).isEmpty();
    assertThat(place.sessions.events(id, SessionEvent.Notice.class))
        .as("not tried again before every turn")
        .hasSize(1)
        .allMatch(notice -> notice.code().equals("compaction_failed"));
    assertThat(model.requests()).allSatisfy(CompactionTest::assertWhole);
  }

  @Test
  void theEmbeddedModelOnlyTrims() throws InterruptedException {
    SessionId id = session();
    TestingModel model =
        model(
            id,
            small(Set.of(Capability.LOCAL)),
            () -> {
              throw new AssertionError("asked for a summary");
            });
    assertThat(place.wake(id, model).stopReason()).contains(new StopReason.EndTurn());
  }

  @Test
  void killedBeforeOrAfterAnyAppend() throws InterruptedException {
    int appends = once(0, false);
    for (int k = 1; k <= appends; k++) {
      once(k, false);
      once(k, true);
    }
  }

  private int once(int at, boolean stored) throws InterruptedException {
    place = place();
    SessionId id = session();
    TestingModel model = model(id, small(Set.of()), () -> text("Steps done so far: many."));
    if (at > 0) {
      place.sessions.killAt(n -> n == at && !stored, n -> n == at && stored);
      try {
        place.wake(id, model);
      } catch (TestingSessions.Killed e) {
        place.sessions.restart();
        place.clock.advance(Duration.ofMinutes(1));
      }
    }
    SessionState rested = place.wake(id, model);
    assertThat(rested.stopReason()).as("killed at %d", at).contains(new StopReason.EndTurn());
    assertThat(place.hands.effects()).hasSize(CALLS);
    assertThat(place.sessions.events(id, SessionEvent.AgentThreadContextCompacted.class))
        .isNotEmpty();
    assertThat(model.requests()).allSatisfy(CompactionTest::assertWhole);
    return place.sessions.appends();
  }
}
