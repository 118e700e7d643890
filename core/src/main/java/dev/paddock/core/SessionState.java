package dev.paddock.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a session's log amounts to: a pure fold. Folding a log in pieces gives the same state as
 * folding it whole.
 *
 * @param sequence of the last event folded in
 * @param openCalls calls without a result, oldest first
 * @param confirmations answers to calls that asked, by call
 * @param inbox messages that no model request has read yet; an interrupt and an idle status that
 *     ends in failure take back those before them, which then are history only
 * @param openModelRequest a model request without an end
 * @param interrupted an interrupt that no idle status has answered yet
 * @param turns model requests that ended without an error
 * @param usage of this session and its threads, with every request that a decision took
 * @param outcomes that were asked for, oldest first
 * @param threadCalls calls of threads that wait for an answer here, and the thread of each
 * @param routes answers and interrupts that are still to be handed on, and the thread of each
 */
public record SessionState(
    long sequence,
    SessionStatus status,
    Optional<StopReason> stopReason,
    Map<EventId, SessionEvent.Call> openCalls,
    Map<EventId, SessionEvent.UserToolConfirmation> confirmations,
    List<EventId> inbox,
    Optional<EventId> openModelRequest,
    boolean interrupted,
    int turns,
    Usage usage,
    double costUsd,
    List<Outcome> outcomes,
    Map<EventId, String> threadCalls,
    Map<EventId, String> routes) {

  public static final SessionState EMPTY =
      new SessionState(
          0,
          SessionStatus.IDLE,
          Optional.empty(),
          Map.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          false,
          0,
          Usage.NONE,
          0,
          List.of(),
          Map.of(),
          Map.of());

  public static SessionState of(Iterable<LogEntry> log) {
    SessionState state = EMPTY;
    for (LogEntry entry : log) {
      state = state.apply(entry);
    }
    return state;
  }

  public SessionState apply(LogEntry entry) {
    Draft draft = new Draft(this);
    draft.apply(entry);
    return draft.freeze(entry.sequence());
  }

  /** Whether the loop has something to do without any further event. */
  public boolean runnable() {
    return switch (status) {
      case TERMINATED -> false;
      case RUNNING, RESCHEDULING -> true;
      case IDLE -> interrupted || !routes.isEmpty() || (awaited() ? answered() : !inbox.isEmpty());
    };
  }

  /** The oldest outcome that is not reached and not given up. */
  public Optional<Outcome> outcome() {
    return outcomes.stream().filter(one -> !one.ended()).findFirst();
  }

  /** Idle because of calls that wait; messages wait behind them. */
  private boolean awaited() {
    return stopReason.orElse(null) instanceof StopReason.RequiresAction;
  }

  private boolean answered() {
    return stopReason.orElse(null) instanceof StopReason.RequiresAction waiting
        && waiting.eventIds().stream()
            .anyMatch(
                id ->
                    !threadCalls.containsKey(id)
                        && (!openCalls.containsKey(id) || confirmations.containsKey(id)));
  }

  private static final class Draft {
    private SessionStatus status;
    private Optional<StopReason> stopReason;
    private final Map<EventId, SessionEvent.Call> openCalls;
    private final Map<EventId, SessionEvent.UserToolConfirmation> confirmations;
    private final List<EventId> inbox;
    private Optional<EventId> openModelRequest;
    private boolean interrupted;
    private int turns;
    private Usage usage;
    private double costUsd;
    private final List<Outcome> outcomes;
    private final Map<EventId, String> threadCalls;
    private final Map<EventId, String> routes;

    Draft(SessionState from) {
      status = from.status;
      stopReason = from.stopReason;
      openCalls = new LinkedHashMap<>(from.openCalls);
      confirmations = new LinkedHashMap<>(from.confirmations);
      inbox = new ArrayList<>(from.inbox);
      openModelRequest = from.openModelRequest;
      interrupted = from.interrupted;
      turns = from.turns;
      usage = from.usage;
      costUsd = from.costUsd;
      outcomes = new ArrayList<>(from.outcomes);
      threadCalls = new LinkedHashMap<>(from.threadCalls);
      routes = new LinkedHashMap<>(from.routes);
    }

    void apply(LogEntry entry) {
      switch (entry.event()) {
        case SessionEvent.UserMessage e -> inbox.add(e.id());
        case SessionEvent.SystemMessage e -> inbox.add(e.id());
        case SessionEvent.UserDefineOutcome e -> {
          inbox.add(e.id());
          outcomes.add(Outcome.of(e));
        }
        case SessionEvent.UserInterrupt e -> {
          Optional<String> thread =
              e.threadId().filter(id -> !id.equals(entry.sessionId().threadId()));
          if (thread.isPresent()) {
            routes.put(e.id(), thread.get());
          } else {
            interrupted = true;
            inbox.clear();
          }
        }
        case SessionEvent.UserToolConfirmation e -> {
          if (openCalls.containsKey(e.callId())) {
            confirmations.putIfAbsent(e.callId(), e);
          }
          route(e.callId(), e.id());
        }
        case SessionEvent.Call e ->
            e.threadId()
                .ifPresentOrElse(
                    thread -> threadCalls.put(e.id(), thread), () -> openCalls.put(e.id(), e));
        case SessionEvent.Result e -> {
          openCalls.remove(e.callId());
          confirmations.remove(e.callId());
          route(e.callId(), e.id());
        }
        case SessionEvent.ModelRequestStart e -> {
          openModelRequest = Optional.of(e.id());
          inbox.clear();
          outcomes.replaceAll(Outcome::working);
        }
        case SessionEvent.ModelRequestEnd e -> {
          openModelRequest = Optional.empty();
          spend(Optional.of(e.usage()), e.costUsd());
          turns += e.isError() ? 0 : 1;
        }
        case SessionEvent.StatusRunning ignored -> {
          status = SessionStatus.RUNNING;
          stopReason = Optional.empty();
        }
        case SessionEvent.StatusIdle e -> {
          status = SessionStatus.IDLE;
          stopReason = Optional.of(e.stopReason());
          interrupted = false;
          if (flushes(e.stopReason())) {
            inbox.clear();
          }
        }
        case SessionEvent.StatusRescheduled ignored -> status = SessionStatus.RESCHEDULING;
        case SessionEvent.StatusTerminated ignored -> status = SessionStatus.TERMINATED;
        case SessionEvent.AgentMessage ignored -> {}
        case SessionEvent.AgentThinking ignored -> {}
        case SessionEvent.AgentThreadContextCompacted e -> spend(e.usage(), e.costUsd());
        case SessionEvent.AgentThreadMessageSent ignored -> {}
        case SessionEvent.AgentThreadMessageReceived e -> {
          if (e.callId().filter(openCalls::containsKey).isEmpty()) {
            inbox.add(e.id());
          }
        }
        case SessionEvent.SessionError ignored -> {}
        case SessionEvent.SessionUpdated ignored -> {}
        case SessionEvent.SessionUsage ignored -> {}
        case SessionEvent.OutcomeEvaluationStart e ->
            outcome(e.outcomeId(), outcome -> outcome.evaluating(e.id()));
        case SessionEvent.OutcomeEvaluationOngoing ignored -> {}
        case SessionEvent.OutcomeEvaluationEnd e -> {
          outcome(e.outcomeId(), outcome -> outcome.judged(e, entry.recordedAt()));
          spend(e.usage(), e.costUsd());
          if (e.goesBack()) {
            inbox.add(e.id());
          }
        }
        case SessionEvent.ThreadChanged e -> thread(e);
        case SessionEvent.Notice e -> {
          spend(e.usage(), e.costUsd());
          if (e.code().equals(SessionEvent.Notice.ROUTED)) {
            e.details()
                .map(details -> details.path("event_id").asText())
                .ifPresent(id -> routes.keySet().removeIf(one -> one.value().equals(id)));
          }
        }
        case SessionEvent.EgressRequest ignored -> {}
        case SessionEvent.PortPreview ignored -> {}
        case SessionEvent.Unknown ignored -> {}
      }
    }

    private void route(EventId call, EventId answer) {
      Optional.ofNullable(threadCalls.remove(call)).ifPresent(thread -> routes.put(answer, thread));
    }

    private void outcome(String id, UnaryOperator<Outcome> change) {
      outcomes.replaceAll(
          one -> one.outcomeId().equals(id) && !one.ended() ? change.apply(one) : one);
    }

    private void spend(Optional<Usage> more, Optional<Double> cost) {
      usage = usage.plus(more.orElse(Usage.NONE));
      costUsd += cost.orElse(0.0);
    }

    /** What a thread spent counts here; a call that it waits for no more is no longer asked. */
    private void thread(SessionEvent.ThreadChanged event) {
      if (event.fields().get("model_usage") instanceof ObjectNode spent) {
        spend(
            Optional.of(Json.convert(spent, Usage.class)),
            Optional.of(event.fields().path("cost_usd").asDouble(0)));
      }
      boolean idle = event.type().equals("session.thread_status_idle");
      if (idle || event.type().equals("session.thread_status_terminated")) {
        List<String> waits = new ArrayList<>();
        for (JsonNode id : event.fields().path("stop_reason").path("event_ids")) {
          waits.add(id.asText());
        }
        threadCalls
            .entrySet()
            .removeIf(
                call ->
                    call.getValue().equals(event.threadId())
                        && !waits.contains(call.getKey().value()));
      }
    }

    private static boolean flushes(StopReason reason) {
      return switch (reason) {
        case StopReason.EndTurn ignored -> false;
        case StopReason.RequiresAction ignored -> false;
        case StopReason.RetriesExhausted ignored -> true;
        case StopReason.BudgetReached ignored -> true;
        case StopReason.Refusal ignored -> true;
      };
    }

    SessionState freeze(long sequence) {
      return new SessionState(
          sequence,
          status,
          stopReason,
          Collections.unmodifiableMap(openCalls),
          Collections.unmodifiableMap(confirmations),
          List.copyOf(inbox),
          openModelRequest,
          interrupted,
          turns,
          usage,
          costUsd,
          List.copyOf(outcomes),
          Collections.unmodifiableMap(threadCalls),
          Collections.unmodifiableMap(routes));
    }
  }
}
