package dev.paddock.agent;

import java.util.List;
import java.util.Optional;

/**
 * A step: which tools are open, and until when. Until a step with an end is over the agent must
 * call one of its tools and cannot answer; the last step may have no end, it lasts until the
 * answer.
 *
 * @param called the step ends with a successful call of this tool
 * @param turns the step ends after so many model turns
 */
public record StepRule(
    String name,
    List<String> tools,
    Optional<String> called,
    Optional<Integer> turns,
    Optional<String> instructions) {

  boolean ends() {
    return called.isPresent() || turns.isPresent();
  }
}
