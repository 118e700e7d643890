package dev.paddock.agent;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import java.util.List;
import java.util.Optional;

/** Which of an agent's models answers, told from the log: a fallback holds until the next idle. */
final class Fallbacks {
  static final String CODE = "model_fallback";

  private Fallbacks() {}

  static Optional<String> current(AgentDefinition agent, List<LogEntry> log) {
    int index = index(log);
    List<String> models = agent.fallback().models();
    return index > 0 && index <= models.size() ? Optional.of(models.get(index - 1)) : agent.model();
  }

  /** How many fallbacks were taken since the session was idle last. */
  private static int index(List<LogEntry> log) {
    for (LogEntry entry : log.reversed()) {
      if (entry.event() instanceof SessionEvent.Notice notice && notice.code().equals(CODE)) {
        return notice.details().map(details -> details.path("index").asInt()).orElse(0);
      }
      if (entry.event() instanceof SessionEvent.StatusIdle idle
          && !(idle.stopReason() instanceof StopReason.RequiresAction)) {
        return 0;
      }
    }
    return 0;
  }

  /**
   * The event that makes the next model answer; empty when there is none, or this is no reason.
   *
   * @param exhausted no further try follows
   */
  static Optional<SessionEvent> after(
      PaddockException failure, boolean exhausted, AgentDefinition agent, List<LogEntry> log) {
    List<Fallback.On> on = agent.fallback().on();
    boolean applies =
        (exhausted && on.contains(Fallback.On.EXHAUSTED))
            || reason(failure.code()).filter(on::contains).isPresent();
    return applies ? next(failure.getMessage(), agent, log) : Optional.empty();
  }

  static Optional<SessionEvent> afterRefusal(AgentDefinition agent, List<LogEntry> log) {
    return agent.fallback().on().contains(Fallback.On.REFUSAL)
        ? next("it refused", agent, log)
        : Optional.empty();
  }

  private static Optional<Fallback.On> reason(ErrorCode code) {
    return switch (code) {
      case RATE_LIMITED -> Optional.of(Fallback.On.RATE_LIMITED);
      case OVERLOADED -> Optional.of(Fallback.On.OVERLOADED);
      case UNAVAILABLE, TIMEOUT -> Optional.of(Fallback.On.UNAVAILABLE);
      case CONTENT_REFUSED -> Optional.of(Fallback.On.REFUSAL);
      default -> Optional.empty();
    };
  }

  private static Optional<SessionEvent> next(
      String why, AgentDefinition agent, List<LogEntry> log) {
    int index = index(log) + 1;
    if (index > agent.fallback().models().size()) {
      return Optional.empty();
    }
    String from = current(agent, log).orElse("the default model");
    String to = agent.fallback().models().get(index - 1);
    return Optional.of(
        new SessionEvent.Notice(
            EventId.next(),
            CODE,
            "%s answers instead of %s: %s".formatted(to, from, Excerpt.of(why, 300)),
            Optional.of(Json.object().put("from", from).put("to", to).put("index", index))));
  }
}
