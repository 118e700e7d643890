package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.ToolPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says of each call of a turn whether it may run, and makes it an event. */
final class CallRules {
  private static final int MAX_CALLS = 64;
  private static final ToolPolicy.Decision HELD =
      ToolPolicy.Decision.ask("A guardrail holds back what was said with this call.");

  private final RunContext context;
  private final CallJudge judge;
  private final Guards guards;

  CallRules(RunContext context, Guards guards) {
    this.context = context;
    this.guards = guards;
    this.judge = new CallJudge(context);
  }

  /**
   * The calls with their permissions, and a notice for each that a model judged.
   *
   * @param held each of them asks
   */
  List<SessionEvent> events(List<ModelTurn.Call> calls, Opening opening, boolean held)
      throws CutException, LeaseLostException, InterruptedException {
    Map<EventId, ToolPolicy.Decision> decisions = new LinkedHashMap<>();
    for (int i = 0; i < calls.size(); i++) {
      decisions.put(
          calls.get(i).id(),
          i < MAX_CALLS
              ? strictest(decide(calls.get(i), opening), held ? HELD : ToolPolicy.Decision.ALLOW)
              : ToolPolicy.Decision.deny(
                  "Not run: at most %d calls in one turn.".formatted(MAX_CALLS)));
    }
    List<ModelTurn.Call> toJudge =
        calls.stream()
            .filter(call -> allowed(decisions, call) && !context.clientRuns(call.name()))
            .filter(call -> opening.policy(call.name()) == ToolRule.Policy.AUTO)
            .map(call -> withInput(call, decisions))
            .toList();
    Map<EventId, CallJudge.Verdict> verdicts = judge.judge(toJudge);
    List<SessionEvent> events = new ArrayList<>();
    for (ModelTurn.Call call : calls) {
      ToolPolicy.Decision decision = decisions.getOrDefault(call.id(), ToolPolicy.Decision.ALLOW);
      Optional<CallJudge.Verdict> verdict = Optional.ofNullable(verdicts.get(call.id()));
      verdict.ifPresent(said -> events.add(said.notice(call)));
      events.add(event(call, decision, verdict));
    }
    return events;
  }

  private static boolean allowed(Map<EventId, ToolPolicy.Decision> decisions, ModelTurn.Call call) {
    return decisions.getOrDefault(call.id(), ToolPolicy.Decision.ALLOW).permission()
        == Permission.ALLOW;
  }

  private static ModelTurn.Call withInput(
      ModelTurn.Call call, Map<EventId, ToolPolicy.Decision> decisions) {
    ObjectNode input =
        decisions
            .getOrDefault(call.id(), ToolPolicy.Decision.ALLOW)
            .rewritten()
            .orElse(call.input());
    return new ModelTurn.Call(call.id(), call.name(), input);
  }

  private SessionEvent event(
      ModelTurn.Call call, ToolPolicy.Decision decision, Optional<CallJudge.Verdict> verdict) {
    Permission permission =
        verdict.map(CallJudge.Verdict::permission).orElse(decision.permission());
    if (context.clientRuns(call.name()) && permission != Permission.DENY) {
      return new SessionEvent.AgentCustomToolUse(
          call.id(), call.name(), decision.rewritten().orElse(call.input()));
    }
    return new SessionEvent.AgentToolUse(
        call.id(), call.name(), call.input(), permission, Evaluation.of(decision, verdict));
  }

  /** The folder's rules first, then the place's policies; the strictest answer holds. */
  private ToolPolicy.Decision decide(ModelTurn.Call call, Opening opening)
      throws InterruptedException {
    ToolPolicy.Decision decision =
        strictest(opening.judge(call.name(), call.input()), guards.call(call));
    for (ToolPolicy policy : context.parts().policies()) {
      if (decision.permission() == Permission.DENY || context.tool(call.name()).isEmpty()) {
        return decision;
      }
      ObjectNode input = decision.rewritten().orElse(call.input());
      ToolPolicy.Decision next =
          policy.before(context.log().state(), context.tool(call.name()).get(), input);
      decision = strictest(decision, next);
    }
    return decision;
  }

  private static ToolPolicy.Decision strictest(
      ToolPolicy.Decision first, ToolPolicy.Decision next) {
    return new ToolPolicy.Decision(
        stricter(first.permission(), next.permission()),
        next.reason().or(first::reason),
        next.rewritten().or(first::rewritten));
  }

  private static Permission stricter(Permission a, Permission b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
