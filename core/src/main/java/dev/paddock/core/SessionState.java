package dev.paddock.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    double costUsd) {

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
          0);

  public static SessionState of(Iterable<LogEntry> log) {
    SessionState state = EMPTY;
    for (LogEntry entry : log) {
      state = state.apply(entry);
    }
    return state;
  }

  public SessionState apply(LogEntry entry) {
    Draft draft = new Draft(this);
    draft.apply(entry.event());
    return draft.freeze(entry.sequence());
  }

  /** Whether the loop has something to do without any further event. */
  public boolean runnable() {
    return switch (status) {
      case TERMINATED -> false;
      case RUNNING, RESCHEDULING -> true;
      case IDLE -> interrupted || (awaited() ? answered() : !inbox.isEmpty());
    };
  }

  /** Idle because of calls that wait; messages wait behind them. */
  private boolean awaited() {
    return stopReason.orElse(null) instanceof StopReason.RequiresAction;
  }

  private boolean answered() {
    return stopReason.orElse(null) instanceof StopReason.RequiresAction waiting
        && waiting.eventIds().stream()
            .anyMatch(id -> !openCalls.containsKey(id) || confirmations.containsKey(id));
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
    }

    void apply(SessionEvent event) {
      switch (event) {
        case SessionEvent.UserMessage e -> inbox.add(e.id());
        case SessionEvent.SystemMessage e -> inbox.add(e.id());
        case SessionEvent.UserDefineOutcome e -> inbox.add(e.id());
        case SessionEvent.UserInterrupt ignored -> {
          interrupted = true;
          inbox.clear();
        }
        case SessionEvent.UserToolConfirmation e -> {
          if (openCalls.containsKey(e.callId())) {
            confirmations.putIfAbsent(e.callId(), e);
          }
        }
        case SessionEvent.Call e -> openCalls.put(e.id(), e);
        case SessionEvent.Result e -> {
          openCalls.remove(e.callId());
          confirmations.remove(e.callId());
        }
        case SessionEvent.ModelRequestStart e -> {
          openModelRequest = Optional.of(e.id());
          inbox.clear();
        }
        case SessionEvent.ModelRequestEnd e -> {
          openModelRequest = Optional.empty();
          usage = usage.plus(e.usage());
          costUsd += e.costUsd().orElse(0.0);
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
        case SessionEvent.AgentThreadContextCompacted ignored -> {}
        case SessionEvent.AgentThreadMessageSent ignored -> {}
        case SessionEvent.AgentThreadMessageReceived ignored -> {}
        case SessionEvent.SessionError ignored -> {}
        case SessionEvent.SessionUpdated ignored -> {}
        case SessionEvent.SessionUsage ignored -> {}
        case SessionEvent.OutcomeEvaluationStart ignored -> {}
        case SessionEvent.OutcomeEvaluationOngoing ignored -> {}
        case SessionEvent.OutcomeEvaluationEnd ignored -> {}
        case SessionEvent.ThreadChanged ignored -> {}
        case SessionEvent.Notice ignored -> {}
        case SessionEvent.Unknown ignored -> {}
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
          costUsd);
    }
  }
}
