package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns a log into what a model is asked. */
final class Conversation {
  private final AgentDefinition agent;
  private final Transcript transcript;
  private final Opening opening;
  private final String system;
  private final long room;
  private final List<List<Message>> perItem = new ArrayList<>();

  Conversation(
      AgentDefinition agent,
      List<SessionDocument.Skill> skills,
      List<SessionDocument.MemoryMount> memory,
      Transcript transcript,
      Opening opening,
      ModelDescription model) {
    this.agent = agent;
    this.transcript = transcript;
    this.opening = opening;
    this.system = SystemPrompt.of(agent, skills, memory, opening, model);
    this.room = room(model, system, opening);
    for (Transcript.Item item : transcript.items()) {
      perItem.add(
          switch (item) {
            case Transcript.Input input -> message(input).stream().toList();
            case Transcript.Turn turn -> messages(turn);
            case Transcript.Pause ignored -> List.of();
          });
    }
  }

  static ModelRequest request(
      AgentDefinition agent,
      List<SessionDocument.Skill> skills,
      Transcript transcript,
      Opening opening,
      ModelDescription model) {
    return new Conversation(agent, skills, List.of(), transcript, opening, model).request();
  }

  ModelRequest request() {
    List<List<Message>> units = units(perItem.size());
    opening.instructions().ifPresent(text -> units.add(List.of(new Message.Instruction(text))));
    ModelRequest request =
        ModelRequest.of(Trimming.fit(units, room))
            .withTools(opening.tools(), opening.choice())
            .withEffort(agent.effort());
    ModelRequest whole = system.isEmpty() ? request : request.withSystem(system);
    return opening.output().map(whole::withOutput).orElse(whole);
  }

  /** The oldest items, as much of them as fits, and a last message. */
  ModelRequest upTo(int items, Message last) {
    List<List<Message>> units = units(items);
    units.add(List.of(last));
    ModelRequest request = ModelRequest.of(Trimming.fit(units, room));
    return system.isEmpty() ? request : request.withSystem(system);
  }

  Opening opening() {
    return opening;
  }

  /** Tokens that the messages may have. */
  long room() {
    return room;
  }

  /** Tokens of all messages, before anything is left out. */
  long tokens() {
    return Trimming.tokens(units(perItem.size()));
  }

  long tokensOf(int item) {
    return Trimming.tokens(List.of(perItem.get(item)));
  }

  /** What a summary stands for is left out, but not what must stay as it was said. */
  private List<List<Message>> units(int end) {
    List<List<Message>> units = new ArrayList<>();
    int summed = Math.min(transcript.summed(), end);
    for (int i = 0; i < end; i++) {
      if (i == summed) {
        summary().ifPresent(units::add);
      }
      if (!perItem.get(i).isEmpty() && (i >= summed || stays(i))) {
        units.add(perItem.get(i));
      }
    }
    if (summed == end) {
      summary().ifPresent(units::add);
    }
    return units;
  }

  private Optional<List<Message>> summary() {
    return transcript
        .summary()
        .map(
            summary ->
                List.of(
                    Message.User.of("[Your own summary of what came before:]\n" + summary.text())));
  }

  /** Standing instructions, and what the person said first and last. */
  private boolean stays(int item) {
    return transcript.items().get(item) instanceof Transcript.Input input
        && !input.fromLoop()
        && (input.event() instanceof SessionEvent.SystemMessage
            || item == firstMessage()
            || item == lastMessage());
  }

  private int firstMessage() {
    for (int i = 0; i < transcript.items().size(); i++) {
      if (asks(transcript.items().get(i))) {
        return i;
      }
    }
    return -1;
  }

  private int lastMessage() {
    for (int i = transcript.items().size() - 1; i >= 0; i--) {
      if (asks(transcript.items().get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static boolean asks(Transcript.Item item) {
    return item instanceof Transcript.Input input
        && (input.event() instanceof SessionEvent.UserMessage
            || input.event() instanceof SessionEvent.UserDefineOutcome
            || input.event() instanceof SessionEvent.AgentThreadMessageReceived);
  }

  /** Tokens left for the messages. */
  private static long room(ModelDescription model, String system, Opening opening) {
    long answer = Math.min(model.maxOutputTokens(), model.contextTokens() / 4);
    long tools =
        opening.tools().stream()
            .mapToLong(tool -> Trimming.tokens(tool.description() + Json.write(tool.inputSchema())))
            .sum();
    return Math.max(
        model.contextTokens() / 8,
        model.contextTokens() - answer - tools - Trimming.tokens(system));
  }

  private Optional<Message> message(Transcript.Input input) {
    return switch (input.event()) {
      case SessionEvent.UserMessage e ->
          Optional.of(new Message.User(visible(e.id(), e.content())));
      case SessionEvent.AgentThreadMessageReceived e ->
          Optional.of(new Message.User(visible(e.id(), e.content())));
      case SessionEvent.SystemMessage e ->
          Optional.of(new Message.Instruction(ContentBlock.textOf(visible(e.id(), e.content()))));
      case SessionEvent.UserDefineOutcome e -> Optional.of(Message.User.of(outcome(e)));
      case SessionEvent.OutcomeEvaluationEnd e -> Optional.of(Message.User.of(verdict(e)));
      default -> Optional.empty();
    };
  }

  private static String outcome(SessionEvent.UserDefineOutcome outcome) {
    String asked = "Reach this outcome: " + outcome.description();
    String rubric = outcome.rubric().path("content").asText();
    return rubric.isEmpty()
        ? asked
        : asked + "\n\nYour work will be graded by this rubric:\n" + rubric;
  }

  private static String verdict(SessionEvent.OutcomeEvaluationEnd verdict) {
    String why = verdict.explanation().orElse("no reason was given");
    return verdict.result().equals("needs_revision")
        ? "Your work was graded and needs a revision: %s\nRevise it, then answer again."
            .formatted(why)
        : """
        Your work was graded for the last time and does not meet the rubric: %s
        Say briefly what is done and what is missing; it is not graded again."""
            .formatted(why);
  }

  private List<Message> messages(Transcript.Turn turn) {
    List<Message.Call> calls =
        turn.calls().stream()
            .map(
                call ->
                    new Message.Call(
                        call.id().value(),
                        call.name(),
                        call.input() instanceof ObjectNode input ? input : Json.object()))
            .toList();
    if (calls.isEmpty() && turn.text().isEmpty()) {
      return List.of();
    }
    List<Message> unit = new ArrayList<>();
    unit.add(
        new Message.Assistant(turn.text(), calls, turn.thinking(), turn.end().providerState()));
    for (SessionEvent.Call call : turn.calls()) {
      SessionEvent.Result result = turn.resultOf(call);
      unit.add(
          new Message.ToolResult(
              call.id().value(),
              call.name(),
              visible(result.id(), result.content()),
              result.isError()));
    }
    return unit;
  }

  private List<ContentBlock> visible(EventId event, List<ContentBlock> content) {
    String instead = transcript.replaced().get(event);
    if (instead != null) {
      return List.of(ContentBlock.text(instead));
    }
    return content.stream()
        .map(
            block ->
                block instanceof ContentBlock.Redacted
                    ? ContentBlock.text("[taken out of the log]")
                    : block)
        .toList();
  }
}
