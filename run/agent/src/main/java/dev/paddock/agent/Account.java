package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was said and done, as data for a model that judges it: the newest that fits. */
final class Account {
  private static final int MAX_ITEM_CHARS = 4_000;
  private static final int MAX_ANSWER_CHARS = 60_000;

  private Account() {}

  static ArrayNode of(Transcript transcript, long maxChars) {
    List<ObjectNode> newestFirst = new ArrayList<>();
    long left = maxChars;
    int answer = MAX_ANSWER_CHARS;
    for (Transcript.Item item : transcript.items().reversed()) {
      List<ObjectNode> lines =
          switch (item) {
            case Transcript.Turn turn -> turn(turn, answer);
            case Transcript.Input input -> input(input).stream().toList();
            case Transcript.Pause ignored -> List.of();
          };
      answer = item instanceof Transcript.Turn ? MAX_ITEM_CHARS : answer;
      for (ObjectNode line : lines.reversed()) {
        left -= line.toString().length();
        if (left < 0) {
          return inOrder(newestFirst);
        }
        newestFirst.add(line);
      }
    }
    return inOrder(newestFirst);
  }

  private static ArrayNode inOrder(List<ObjectNode> newestFirst) {
    return Json.mapper().createArrayNode().addAll(newestFirst.reversed());
  }

  private static Optional<ObjectNode> input(Transcript.Input input) {
    return switch (input.event()) {
      case SessionEvent.UserMessage e -> Optional.of(line("user", e.content()));
      case SessionEvent.AgentThreadMessageReceived e -> Optional.of(line("user", e.content()));
      case SessionEvent.OutcomeEvaluationEnd e ->
          Optional.of(
              Json.object()
                  .put("by", "grader")
                  .put("text", Excerpt.of(e.explanation().orElse(e.result()), MAX_ITEM_CHARS)));
      default -> Optional.empty();
    };
  }

  private static List<ObjectNode> turn(Transcript.Turn turn, int maxAnswer) {
    List<ObjectNode> lines = new ArrayList<>();
    if (!turn.text().isEmpty()) {
      lines.add(Json.object().put("by", "agent").put("text", Excerpt.of(turn.text(), maxAnswer)));
    }
    for (SessionEvent.Call call : turn.calls()) {
      SessionEvent.Result result = turn.resultOf(call);
      lines.add(
          Json.object()
              .put("by", "agent")
              .put("tool", call.name())
              .put("input", Excerpt.of(Json.write(call.input()), MAX_ITEM_CHARS))
              .put("failed", result.isError())
              .put("result", Excerpt.of(ContentBlock.textOf(result.content()), MAX_ITEM_CHARS)));
    }
    return lines;
  }

  private static ObjectNode line(String by, List<ContentBlock> content) {
    return Json.object()
        .put("by", by)
        .put("text", Excerpt.of(ContentBlock.textOf(content), MAX_ITEM_CHARS));
  }
}
