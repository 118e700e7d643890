package dev.paddock.agent;

import dev.paddock.core.SessionEvent;
import java.util.List;

/**
 * How far the steps have come. They begin anew with the message after an answer, and with each
 * revision of an outcome; a session that was interrupted or failed on the way goes on where it was.
 *
 * @param index of the step that is open, the number of steps when all are over
 */
record StepProgress(int index) {

  static StepProgress of(List<StepRule> steps, Transcript transcript) {
    int index = 0;
    int turns = 0;
    boolean answered = false;
    for (Transcript.Item item : transcript.items()) {
      switch (item) {
        case Transcript.Turn turn -> {
          answered = turn.answers();
          turns++;
          if (index < steps.size() && over(steps.get(index), turn, turns)) {
            index++;
            turns = 0;
            answered = false;
          }
        }
        case Transcript.Pause ignored -> {
          if (answered && (index == steps.size() || !steps.get(index).ends())) {
            index = 0;
            turns = 0;
          }
          answered = false;
        }
        case Transcript.Input input -> {
          if (input.event() instanceof SessionEvent.OutcomeEvaluationEnd) {
            index = 0;
            turns = 0;
            answered = false;
          }
        }
      }
    }
    return new StepProgress(index);
  }

  private static boolean over(StepRule step, Transcript.Turn turn, int turns) {
    return step.turns().map(limit -> turns >= limit).orElse(false)
        || step.called().map(tool -> succeeded(turn, tool)).orElse(false);
  }

  private static boolean succeeded(Transcript.Turn turn, String tool) {
    for (SessionEvent.Call call : turn.calls()) {
      if (call.name().equals(tool) && !turn.resultOf(call).isError()) {
        return true;
      }
    }
    return false;
  }
}
