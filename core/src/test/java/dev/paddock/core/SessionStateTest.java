package dev.paddock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionStateTest {
  private static final SessionId SESSION = new SessionId("sesn_1");
  private final List<LogEntry> log = new ArrayList<>();

  private <T extends SessionEvent> T append(T event) {
    long sequence = log.size() + 1L;
    log.add(
        new LogEntry(
            SESSION, sequence, sequence, Instant.EPOCH, Principal.SYSTEM, Optional.empty(), event));
    return event;
  }

  private SessionEvent.AgentToolUse call(Permission permission) {
    return append(
        new SessionEvent.AgentToolUse(
            EventId.next(), "bash", Json.object(), permission, Optional.empty()));
  }

  private void result(EventId call) {
    append(new SessionEvent.AgentToolResult(EventId.next(), call, List.of(), false));
  }

  @Test
  void aMessageMakesAnIdleSessionRunnable() {
    assertThat(SessionState.of(log).runnable()).isFalse();
    append(new SessionEvent.UserMessage(EventId.next(), List.of(ContentBlock.text("go"))));
    assertThat(SessionState.of(log).runnable()).isTrue();
  }

  @Test
  void aCallIsOpenUntilItsResult() {
    SessionEvent.AgentToolUse first = call(Permission.ALLOW);
    SessionEvent.AgentToolUse second = call(Permission.ASK);
    append(
        new SessionEvent.UserToolConfirmation(
            EventId.next(), second.id(), Permission.ALLOW, Optional.empty()));
    assertThat(SessionState.of(log).openCalls().keySet()).containsExactly(first.id(), second.id());
    assertThat(SessionState.of(log).confirmations()).containsOnlyKeys(second.id());
    result(first.id());
    result(second.id());
    assertThat(SessionState.of(log).openCalls()).isEmpty();
    assertThat(SessionState.of(log).confirmations()).isEmpty();
  }

  @Test
  void theFirstConfirmationOfACallCounts() {
    SessionEvent.AgentToolUse call = call(Permission.ASK);
    append(
        new SessionEvent.UserToolConfirmation(
            EventId.next(), call.id(), Permission.DENY, Optional.of("no")));
    append(
        new SessionEvent.UserToolConfirmation(
            EventId.next(), call.id(), Permission.ALLOW, Optional.empty()));
    assertThat(SessionState.of(log).confirmations().get(call.id()))
        .extracting(SessionEvent.UserToolConfirmation::result)
        .isEqualTo(Permission.DENY);
  }

  @Test
  void usageAndTurnsAddUpOverModelRequests() {
    for (int i = 0; i < 3; i++) {
      var start = append(new SessionEvent.ModelRequestStart(EventId.next(), Optional.empty()));
      assertThat(SessionState.of(log).openModelRequest()).contains(start.id());
      append(
          new SessionEvent.ModelRequestEnd(
              EventId.next(),
              start.id(),
              i == 1,
              new Usage(10, 1, 0, 0),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(0.25)));
    }
    SessionState state = SessionState.of(log);
    assertThat(state.openModelRequest()).isEmpty();
    assertThat(state.turns()).isEqualTo(2);
    assertThat(state.usage()).isEqualTo(new Usage(30, 3, 0, 0));
    assertThat(state.costUsd()).isEqualTo(0.75);
  }

  @Test
  void foldingInPiecesIsFoldingWhole() {
    append(new SessionEvent.UserMessage(EventId.next(), List.of()));
    append(new SessionEvent.StatusRunning(EventId.next()));
    result(call(Permission.ALLOW).id());
    append(new SessionEvent.UserInterrupt(EventId.next()));
    append(new SessionEvent.StatusIdle(EventId.next(), new StopReason.EndTurn(), Optional.empty()));
    for (int cut = 0; cut <= log.size(); cut++) {
      SessionState state = SessionState.of(log.subList(0, cut));
      for (LogEntry entry : log.subList(cut, log.size())) {
        state = state.apply(entry);
      }
      assertThat(state).isEqualTo(SessionState.of(log));
    }
  }

  @Test
  void aTerminatedSessionNeverRunsAgain() {
    append(new SessionEvent.StatusTerminated(EventId.next()));
    append(new SessionEvent.UserMessage(EventId.next(), List.of()));
    assertThat(SessionState.of(log).runnable()).isFalse();
  }

  @Test
  void anOutcomeIsWorkedOnUntilItsVerdict() {
    append(
        new SessionEvent.UserDefineOutcome(
            EventId.next(), "outc_1", "a report", Json.object(), Optional.empty()));
    assertThat(outcome().result()).isEqualTo("pending");
    assertThat(outcome().maxIterations()).isEqualTo(3);
    append(new SessionEvent.ModelRequestStart(EventId.next(), Optional.empty()));
    assertThat(outcome().result()).isEqualTo("running");
    var start = append(new SessionEvent.OutcomeEvaluationStart(EventId.next(), "outc_1", 0));
    assertThat(outcome().openStart()).contains(start.id());
    verdict("needs_revision", 0);
    assertThat(outcome().iteration()).isEqualTo(1);
    assertThat(outcome().result()).isEqualTo("running");
    assertThat(SessionState.of(log).inbox()).hasSize(1);
    verdict("satisfied", 1);
    assertThat(SessionState.of(log).outcome()).isEmpty();
    assertThat(SessionState.of(log).outcomes().getFirst().completedAt()).isPresent();
    assertThat(SessionState.of(log).usage().total()).isEqualTo(4);
  }

  private Outcome outcome() {
    return SessionState.of(log).outcome().orElseThrow();
  }

  private void verdict(String result, int iteration) {
    append(
        new SessionEvent.OutcomeEvaluationEnd(
            EventId.next(),
            "outc_1",
            iteration,
            result,
            Optional.of("why"),
            Optional.empty(),
            Optional.of(new Usage(1, 1, 0, 0)),
            Optional.empty()));
  }

  @Test
  void aCallOfAThreadIsAnsweredHereAndHandedOn() {
    EventId call = EventId.next();
    append(
        new SessionEvent.AgentToolUse(
            call,
            "bash",
            Json.object(),
            Permission.ASK,
            Optional.empty(),
            Optional.of("sthr_child")));
    append(
        new SessionEvent.StatusIdle(
            EventId.next(), new StopReason.RequiresAction(List.of(call)), Optional.empty()));
    assertThat(SessionState.of(log).openCalls()).isEmpty();
    assertThat(SessionState.of(log).runnable()).isFalse();
    var answer =
        append(
            new SessionEvent.UserToolConfirmation(
                EventId.next(), call, Permission.ALLOW, Optional.empty()));
    assertThat(SessionState.of(log).routes()).containsEntry(answer.id(), "sthr_child");
    assertThat(SessionState.of(log).runnable()).isTrue();
    append(
        new SessionEvent.Notice(
            EventId.next(),
            SessionEvent.Notice.ROUTED,
            "handed on",
            Optional.of(Json.object().put("event_id", answer.id().value()))));
    assertThat(SessionState.of(log).routes()).isEmpty();
  }

  @Test
  void anInterruptOfOneThreadLeavesTheOthersAlone() {
    append(new SessionEvent.UserInterrupt(EventId.next(), Optional.of("sthr_child")));
    assertThat(SessionState.of(log).interrupted()).isFalse();
    assertThat(SessionState.of(log).routes()).hasSize(1);
    append(new SessionEvent.UserInterrupt(EventId.next(), Optional.of(SESSION.threadId())));
    assertThat(SessionState.of(log).interrupted()).isTrue();
  }
}
