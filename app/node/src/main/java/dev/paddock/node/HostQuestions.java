package dev.paddock.node;

import dev.paddock.agent.HostQuestion;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Sessions;
import dev.paddock.egress.Approver;
import dev.paddock.egress.Target;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Asks about hosts in a session's log, where an answer is remembered: what was answered once is not
 * asked again, also by another process.
 */
final class HostQuestions implements Approver {
  private static final Set<String> TYPES =
      Set.of("agent.tool_use", "agent.tool_result", "user.tool_confirmation");

  private final Sessions sessions;
  private final Consumer<SessionId> asked;
  private final Map<EventId, CompletableFuture<Boolean>> waiting = new HashMap<>();
  private SessionId session;

  /**
   * @param asked is told which session waits for a person now
   */
  HostQuestions(Sessions sessions, SessionId session, Consumer<SessionId> asked) {
    this.sessions = sessions;
    this.session = session;
    this.asked = asked;
  }

  /** Whom is asked from now on. */
  synchronized void in(SessionId other) {
    if (!session.equals(other)) {
      dropAll("another session uses the sandbox now");
      session = other;
    }
  }

  @Override
  public synchronized CompletionStage<Boolean> mayReach(Target target) {
    HostQuestion question = new HostQuestion(target.host().text(), target.port());
    HostQuestion.Asked log = HostQuestion.in(sessions.read(session, LogQuery.ALL.withTypes(TYPES)));
    Optional<Boolean> answered = Optional.ofNullable(log.answers().get(question));
    if (answered.isPresent()) {
      return CompletableFuture.completedFuture(answered.get());
    }
    EventId call =
        log.open().entrySet().stream()
            .filter(open -> open.getValue().equals(question))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(() -> ask(question));
    return waiting.computeIfAbsent(call, ignored -> new CompletableFuture<>());
  }

  private EventId ask(HostQuestion question) {
    SessionEvent.AgentToolUse call = question.asked();
    sessions.append(session, Append.acknowledged(NewEvent.of(call)));
    asked.accept(session);
    return call.id();
  }

  synchronized void answered(EventId call, boolean allowed) {
    Optional.ofNullable(waiting.remove(call)).ifPresent(answer -> answer.complete(allowed));
  }

  /** What closed the call was no answer, such as an interrupt. */
  synchronized void dropped(EventId call) {
    Optional.ofNullable(waiting.remove(call))
        .ifPresent(
            answer -> answer.completeExceptionally(unanswered("the question was taken back")));
  }

  synchronized void dropAll(String why) {
    waiting.values().forEach(answer -> answer.completeExceptionally(unanswered(why)));
    waiting.clear();
  }

  private static NodeException unanswered(String why) {
    return new NodeException(ErrorCode.CANCELLED, why);
  }
}
