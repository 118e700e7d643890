package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.ModelDescription;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Goes through a session's log once more with its recorded model turns and results, and compares
 * what the loop decides and asks now with what it decided and asked then. Nothing is run and no
 * model is asked.
 *
 * <p>A session whose document was replaced is replayed from the newest replacement on: the log does
 * not say how it stood before.
 */
public final class Replay {
  private final Planner planner;
  private final AgentDefinition agent;
  private final List<SessionDocument.Skill> skills;
  private final List<LogEntry> log;
  private SessionState state = SessionState.EMPTY;
  private Optional<Opening> opening = Optional.empty();
  private int requests;
  private int calls;
  private int ends;

  private Replay(
      AgentDefinition agent,
      Narrowing narrowing,
      List<SessionDocument.Skill> skills,
      List<LogEntry> log) {
    this.planner = new Planner(agent, narrowing);
    this.agent = agent;
    this.skills = skills;
    this.log = log;
  }

  /**
   * What a replay came to.
   *
   * @param requests compared by their digests
   * @param calls whose permission was decided again
   * @param ends of turns that were decided again
   * @param difference the first one; nothing after it was compared
   */
  public record Report(int requests, int calls, int ends, Optional<Difference> difference) {}

  /** A place where the log and the loop differ. */
  public record Difference(long sequence, String what, String then, String now) {}

  /**
   * @param agent of the session in this place, as the loop would be given it
   * @param threads whether the place has sub-agents' threads
   */
  public static Report of(
      SessionRecord session, AgentSource.SessionAgent agent, boolean threads, List<LogEntry> log) {
    SessionDocument document = SessionDocument.read(session.document());
    Roster roster =
        new Roster(threads && session.parent().isEmpty() ? document.roster() : List.of());
    List<ToolDefinition> tools = RunContext.tools(agent, document.clientTools(), roster);
    return new Replay(
            agent.definition(), new Narrowing(agent.definition(), tools), document.skills(), log)
        .run();
  }

  private Report run() {
    long from = replaced();
    for (int i = 0; i < log.size(); i++) {
      LogEntry entry = log.get(i);
      if (entry.sequence() > from) {
        Optional<Difference> difference = compare(entry, log.subList(0, i));
        if (difference.isPresent()) {
          return new Report(requests, calls, ends, difference);
        }
      }
      state = state.apply(entry);
    }
    return new Report(requests, calls, ends, Optional.empty());
  }

  private Optional<Difference> compare(LogEntry entry, List<LogEntry> before) {
    return switch (entry.event()) {
      case SessionEvent.ModelRequestStart e when e.request().isPresent() -> asked(entry, e, before);
      case SessionEvent.AgentToolUse e when e.threadId().isEmpty() && judgedByRule(e) ->
          permitted(entry, e);
      case SessionEvent.StatusIdle e when ends(e) -> ended(entry, e, before);
      default -> Optional.empty();
    };
  }

  private Optional<Difference> asked(
      LogEntry entry, SessionEvent.ModelRequestStart start, List<LogEntry> before) {
    NextStep step = planner.next(before, state, Set.of(), entry.recordedAt());
    if (!(step instanceof NextStep.Ask ask)) {
      return differs(entry, "the next step", "a model request", step.toString());
    }
    requests++;
    opening = Optional.of(ask.opening());
    ObjectNode logged = start.request().orElseThrow();
    ModelDescription model = RequestDigest.description(start.model().orElse("unknown"), logged);
    String now =
        RequestDigest.digest(
            Conversation.request(agent, skills, ask.transcript(), ask.opening(), model));
    String then = logged.path("digest").asText();
    return then.equals(now) ? Optional.empty() : differs(entry, "the model request", then, now);
  }

  private Optional<Difference> permitted(LogEntry entry, SessionEvent.AgentToolUse call) {
    if (opening.isEmpty()) {
      return Optional.empty();
    }
    calls++;
    ObjectNode input = call.input() instanceof ObjectNode object ? object : Json.object();
    Permission now = opening.get().judge(call.name(), input).permission();
    return now == call.evaluatedPermission()
        ? Optional.empty()
        : differs(
            entry,
            "the permission of a call of " + call.name(),
            call.evaluatedPermission().name(),
            now.name());
  }

  /** A turn that ended by itself: not by an interrupt, and in no model's way. */
  private boolean ends(SessionEvent.StatusIdle idle) {
    return idle.stopReason() instanceof StopReason.EndTurn
        && state.openCalls().isEmpty()
        && !state.interrupted()
        && state.openModelRequest().isEmpty();
  }

  private Optional<Difference> ended(
      LogEntry entry, SessionEvent.StatusIdle idle, List<LogEntry> before) {
    ends++;
    NextStep step = planner.next(withoutUsage(before), state, Set.of(), entry.recordedAt());
    return step instanceof NextStep.Finish finish && finish.reason().equals(idle.stopReason())
        ? Optional.empty()
        : differs(entry, "the next step", "the end of the turn", step.toString());
  }

  private static List<LogEntry> withoutUsage(List<LogEntry> before) {
    return before.isEmpty() || !(before.getLast().event() instanceof SessionEvent.SessionUsage)
        ? before
        : before.subList(0, before.size() - 1);
  }

  private long replaced() {
    return log.reversed().stream()
        .filter(entry -> entry.event() instanceof SessionEvent.SessionUpdated)
        .map(LogEntry::sequence)
        .findFirst()
        .orElse(0L);
  }

  /** A model's judgement, a place's policy and a guardrail are not asked again. */
  private static boolean judgedByRule(SessionEvent.AgentToolUse call) {
    String type = call.evaluation().map(it -> it.path("type").asText()).orElse("");
    return type.equals("always_allow")
        || (type.equals("always_ask") && call.evaluation().get().path("reason").isMissingNode());
  }

  private static Optional<Difference> differs(
      LogEntry entry, String what, String then, String now) {
    return Optional.of(new Difference(entry.sequence(), what, then, Excerpt.of(now, 500)));
  }
}
