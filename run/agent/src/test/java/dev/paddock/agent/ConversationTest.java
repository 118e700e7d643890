package dev.paddock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ToolChoice;
import dev.paddock.provider.spi.TurnTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final AgentDefinition AGENT =
      AgentDefinition.of("receipts", "Reads receipts.", "# Receipts\n\nRead them all.");
  private static final ToolDefinition BASH = TestingPlace.tool("bash");

  private static Opening opening(Optional<ObjectNode> output) {
    return new Opening(
        List.of(BASH),
        Map.of("bash", ToolRule.allow("bash")),
        new ToolChoice.Auto(),
        output,
        Optional.empty());
  }

  private static ModelRequest request(TestingTranscript log, ModelDescription model) {
    return Conversation.request(
        AGENT, List.of(), log.transcript(), opening(Optional.empty()), model);
  }

  @Test
  void aSmallModelIsToldTheSkillAndTheOpenToolsOnly() {
    ModelRequest request =
        request(new TestingTranscript().user("go"), TestingModel.embedded(2_048));
    assertThat(request.system())
        .contains("# Receipts\n\nRead them all.\n\nTools:\n- bash: The tool bash");
  }

  @Test
  void aLargeModelIsToldWhoItIsAndWhereItsFilesLie() {
    ModelRequest request = request(new TestingTranscript().user("go"), TestingModel.strong());
    assertThat(request.system().orElseThrow())
        .startsWith("# Receipts")
        .contains("\"receipts\": Reads receipts.")
        .contains("/workspace/skills/receipts")
        .contains("/workspace/outputs")
        .doesNotContain("Tools:");
  }

  @Test
  void aModelWithoutSchemasIsToldTheSchema() {
    ObjectNode schema = Json.object().put("type", "object");
    ModelDescription plain = new ModelDescription("p/q", 10_000, 1_000, Set.of());
    Transcript transcript = new TestingTranscript().user("go").transcript();
    assertThat(
            Conversation.request(AGENT, List.of(), transcript, opening(Optional.of(schema)), plain)
                .system()
                .orElseThrow())
        .contains("{\"type\":\"object\"}");
    assertThat(
            Conversation.request(
                    AGENT,
                    List.of(),
                    transcript,
                    opening(Optional.of(schema)),
                    TestingModel.strong())
                .system()
                .orElseThrow())
        .doesNotContain("{\"type\":\"object\"}");
  }

  @Test
  void messagesOfAnyKindKeepTheirOrder() {
    TestingTranscript log =
        new TestingTranscript()
            .user("one")
            .append(
                TestingPlace.PERSON,
                new SessionEvent.SystemMessage(
                    EventId.next(), List.of(ContentBlock.text("It is Monday."))))
            .answer("First.")
            .append(
                TestingPlace.PERSON,
                new SessionEvent.UserMessage(EventId.next(), List.of(new ContentBlock.Redacted())));
    assertThat(request(log, TestingModel.strong()).messages())
        .containsExactly(
            Message.User.of("one"),
            new Message.Instruction("It is Monday."),
            Message.Assistant.of("First."),
            Message.User.of("[taken out of the log]"));
  }

  @Test
  void aRequestThatFailedLeavesNothing() {
    TestingTranscript log = new TestingTranscript().user("one");
    EventId start = log.start();
    log.append(
        Principal.SYSTEM,
        new SessionEvent.AgentMessage(EventId.next(), List.of(ContentBlock.text("half"))));
    log.append(Principal.SYSTEM, SessionRun.failedRequest(start, "error"));
    assertThat(request(log, TestingModel.strong()).messages())
        .containsExactly(Message.User.of("one"));
  }

  @Test
  void aTraceIsStoredBesideTheLog() throws InterruptedException {
    TestingPlace place = new TestingPlace();
    place.settings = place.settings.traced();
    TurnTrace trace =
        new TurnTrace(
            "m", Optional.empty(), "p", List.of(1), List.of(2), List.of(-0.5), List.of(3));
    SessionId id = place.session("go");
    TestingModel model =
        TestingModel.saying(
            TestingModel.Said.of(
                new TestingModel.Move.Say(
                    new ModelEvent.End(
                        ModelEvent.EndReason.END_TURN,
                        TestingModel.USAGE,
                        Optional.empty(),
                        Optional.of(trace)))));
    place.wake(id, model);
    assertThat(model.requests().getFirst().trace()).isTrue();
    String digest =
        place
            .sessions
            .events(id, SessionEvent.ModelRequestEnd.class)
            .getFirst()
            .trace()
            .orElseThrow();
    assertThat(Json.read(place.blobs.read(digest, 10_000).orElseThrow(), TurnTrace.class))
        .isEqualTo(trace);
  }

  /** Random logs, random room: no call without its results, no result without its call. */
  @Test
  void trimmingNeverPartsACallFromItsResults() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<List<Message>> units = randomUnits(random);
      long room = random.nextLong(200, 6_200);
      List<Message> fitted = Trimming.fit(units, room);
      assertPaired(fitted, seed);
      assertThat(fitted.getFirst()).as("seed %d", seed).isInstanceOf(Message.User.class);
      assertThat(label(fitted.getFirst())).as("seed %d", seed).isEqualTo("0");
      assertThat(last(fitted, Message.User.class))
          .as("the newest user message, seed %d", seed)
          .isEqualTo(last(units.stream().flatMap(List::stream).toList(), Message.User.class));
      if (Trimming.tokens(units) <= room) {
        assertThat(fitted).isEqualTo(units.stream().flatMap(List::stream).toList());
      }
    }
  }

  @Test
  void aLongConversationFitsAndTellsWhatIsMissing() {
    List<List<Message>> units = new ArrayList<>();
    units.add(List.of(Message.User.of("user 0")));
    IntStream.range(0, 200).forEach(i -> units.add(turn(i, 1, "x".repeat(3_000))));
    List<Message> fitted = Trimming.fit(units, 20_000);
    assertThat(Trimming.tokens(List.of(fitted))).isLessThanOrEqualTo(20_000);
    assertThat(fitted.get(1))
        .isInstanceOfSatisfying(
            Message.Instruction.class,
            note -> assertThat(note.text()).contains("earlier steps are left out"));
    assertThat(fitted.getLast()).isEqualTo(units.getLast().getLast());
  }

  @Test
  void theStartOfALongConversationMovesRarely() {
    List<List<Message>> units = new ArrayList<>();
    units.add(List.of(Message.User.of("user 0")));
    List<Message> starts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      units.add(turn(i, 1, "x".repeat(900)));
      starts.add(Trimming.fit(units, 10_000).get(1));
    }
    assertThat(Set.copyOf(starts).size()).isLessThan(20);
  }

  @Test
  void oneHugeResultIsShortenedNotLost() {
    List<List<Message>> units =
        List.of(List.of(Message.User.of("user 0")), turn(0, 1, "A" + "x".repeat(90_000) + "Z"));
    List<Message> fitted = Trimming.fit(units, 2_000);
    assertThat(Trimming.tokens(List.of(fitted))).isLessThanOrEqualTo(2_000);
    String shown = ContentBlock.textOf(((Message.ToolResult) fitted.getLast()).content());
    assertThat(shown).startsWith("A").endsWith("Z").contains("characters cut");
  }

  @Test
  void anExcerptPartsNoCharacter() {
    String text = "😀".repeat(1_000);
    for (int max = 10; max < 60; max++) {
      String excerpt = Excerpt.of(text, max);
      assertThat(excerpt.codePoints().filter(c -> c >= 0xD800 && c <= 0xDFFF)).isEmpty();
    }
  }

  private static List<List<Message>> randomUnits(Random random) {
    List<List<Message>> units = new ArrayList<>();
    units.add(List.of(Message.User.of("user 0 ")));
    int count = random.nextInt(40);
    for (int i = 1; i <= count; i++) {
      String filler = "y".repeat(random.nextInt(4_000));
      units.add(
          switch (random.nextInt(5)) {
            case 0 -> List.of(Message.User.of("user %d %s".formatted(i, filler)));
            case 1 -> List.of(new Message.Instruction("note " + i));
            default -> turn(i, random.nextInt(4), filler);
          });
    }
    return units;
  }

  private static List<Message> turn(int number, int calls, String result) {
    List<Message.Call> made =
        IntStream.range(0, calls)
            .mapToObj(c -> new Message.Call("c%d_%d".formatted(number, c), "bash", Json.object()))
            .toList();
    List<Message> unit = new ArrayList<>();
    unit.add(new Message.Assistant("turn " + number, made, Optional.empty(), Optional.empty()));
    for (Message.Call call : made) {
      unit.add(
          new Message.ToolResult(call.id(), "bash", List.of(ContentBlock.text(result)), false));
    }
    return unit;
  }

  private static void assertPaired(List<Message> messages, int seed) {
    List<String> waiting = new ArrayList<>();
    for (Message message : messages) {
      if (message instanceof Message.ToolResult result) {
        assertThat(waiting).as("seed %d", seed).isNotEmpty();
        assertThat(result.callId()).as("seed %d", seed).isEqualTo(waiting.removeFirst());
      } else {
        assertThat(waiting).as("calls without results, seed %d", seed).isEmpty();
        if (message instanceof Message.Assistant turn) {
          turn.calls().forEach(call -> waiting.add(call.id()));
        }
      }
    }
    assertThat(waiting).as("calls without results, seed %d", seed).isEmpty();
  }

  private static String label(Message message) {
    return message instanceof Message.User user
        ? ContentBlock.textOf(user.content()).split("\\s")[1]
        : "";
  }

  private static String last(List<Message> messages, Class<? extends Message> type) {
    return messages.stream()
        .filter(type::isInstance)
        .map(ConversationTest::label)
        .reduce((a, b) -> b)
        .orElse("");
  }
}
