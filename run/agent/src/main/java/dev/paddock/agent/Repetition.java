package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.SessionEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Notices a model that makes no progress: a call with the same input and the same result in three
 * of its last twelve turns is told to it, in six it ends the session's turn.
 */
final class Repetition {
  private static final int WINDOW = 12;
  private static final int TELL = 3;
  private static final int STOP = 6;

  private Repetition() {}

  /** What the newest turn amounts to. */
  sealed interface Verdict {
    record Fine() implements Verdict {}

    record Tell(String message) implements Verdict {}

    record Stop(String message) implements Verdict {}
  }

  private record Signature(
      String name, JsonNode input, List<ContentBlock> content, boolean isError) {}

  static Verdict of(Transcript transcript) {
    List<Transcript.Turn> turns = sinceMessage(transcript);
    if (turns.isEmpty()) {
      return new Verdict.Fine();
    }
    boolean told = !(transcript.items().getLast() instanceof Transcript.Turn);
    Verdict verdict = new Verdict.Fine();
    for (Signature call : signatures(turns.getLast())) {
      long count = turns.stream().filter(turn -> signatures(turn).contains(call)).count();
      if (count >= STOP) {
        return new Verdict.Stop(
            "The agent called \"%s\" with the same input and the same result %d times."
                .formatted(call.name(), count));
      }
      if (count == TELL && !told) {
        verdict =
            new Verdict.Tell(
                "You have called \"%s\" %d times with the same input and got the same result each time. Do something else, or give your answer."
                    .formatted(call.name(), count));
      }
    }
    return verdict;
  }

  private static List<Transcript.Turn> sinceMessage(Transcript transcript) {
    int start = 0;
    for (int i = 0; i < transcript.items().size(); i++) {
      if (transcript.items().get(i) instanceof Transcript.Input input && !input.fromLoop()) {
        start = i;
      }
    }
    List<Transcript.Turn> turns =
        new Transcript(transcript.items().subList(start, transcript.items().size())).turns();
    return turns.subList(Math.max(0, turns.size() - WINDOW), turns.size());
  }

  private static Set<Signature> signatures(Transcript.Turn turn) {
    Set<Signature> all = new HashSet<>();
    for (SessionEvent.Call call : turn.calls()) {
      SessionEvent.Result result = turn.resultOf(call);
      all.add(new Signature(call.name(), call.input(), result.content(), result.isError()));
    }
    return all;
  }
}
