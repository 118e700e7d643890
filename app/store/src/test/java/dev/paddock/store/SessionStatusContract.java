package dev.paddock.store;

import static dev.paddock.store.TestingEvents.idle;
import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.running;
import static dev.paddock.store.TestingEvents.terminated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the status that stands beside a session must follow its log. */
abstract class SessionStatusContract extends StoreContract {
  private static final SessionFilter ALL = SessionFilter.newest(100);

  private Sessions sessions() {
    return store.sessions();
  }

  private List<SessionId> ids(SessionFilter filter) {
    return sessions().list(filter).stream().map(SessionRecord::id).toList();
  }

  private SessionId create(NewEvent... events) {
    return TestingEvents.create(sessions(), Optional.empty(), Json.object(), events);
  }

  private List<SessionId> unfinished() {
    return sessions().unfinished(100).stream().map(SessionRecord::id).toList();
  }

  private void append1(SessionId id, NewEvent event) {
    sessions().append(id, Append.acknowledged(event));
  }

  @Test
  void theStatusFollowsTheLog() {
    SessionId id = TestingEvents.create(sessions(), "task");
    StopReason asks = new StopReason.RequiresAction(List.of(new EventId("sevt_1")));
    record Step(NewEvent event, SessionStatus status, Optional<StopReason> reason) {}
    List<Step> steps =
        List.of(
            new Step(running(), SessionStatus.RUNNING, Optional.empty()),
            new Step(message("text"), SessionStatus.RUNNING, Optional.empty()),
            new Step(
                NewEvent.of(new SessionEvent.StatusRescheduled(EventId.next())),
                SessionStatus.RESCHEDULING,
                Optional.empty()),
            new Step(idle(asks), SessionStatus.IDLE, Optional.of(asks)),
            new Step(message("later"), SessionStatus.IDLE, Optional.of(asks)),
            new Step(
                idle(new StopReason.EndTurn()),
                SessionStatus.IDLE,
                Optional.of(new StopReason.EndTurn())),
            new Step(terminated(), SessionStatus.TERMINATED, Optional.empty()));
    assertThat(sessions().find(id).orElseThrow().status()).isEqualTo(SessionStatus.IDLE);
    for (Step step : steps) {
      append1(id, step.event());
      SessionRecord record = sessions().find(id).orElseThrow();
      assertThat(record.status()).isEqualTo(step.status());
      assertThat(record.stopReason()).isEqualTo(step.reason());
      assertThat(SessionState.of(sessions().readAll(id)).status()).isEqualTo(step.status());
    }
    reopen();
    append1(id, message("after a restart"));
    assertThat(sessions().find(id).orElseThrow().status()).isEqualTo(SessionStatus.TERMINATED);
  }

  @Test
  void aFailedAppendLeavesTheStatus() {
    NewEvent twice = message("twice");
    SessionId id = create(running(), twice);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(
            () ->
                sessions()
                    .append(
                        id,
                        Append.acknowledged(idle(new StopReason.EndTurn()), twice)
                            .withDocument(Json.object().put("lost", true))));
    SessionRecord record = sessions().find(id).orElseThrow();
    assertThat(record.status()).isEqualTo(SessionStatus.RUNNING);
    assertThat(record.document()).isEqualTo(Json.object());
    append1(id, idle(new StopReason.EndTurn()));
    assertThat(sessions().find(id).orElseThrow().status()).isEqualTo(SessionStatus.IDLE);
  }

  @Test
  void listsByStatus() {
    SessionId fresh = TestingEvents.create(sessions());
    SessionId running = create(running());
    SessionId ended = create(running(), terminated());
    assertThat(ids(ALL.withStatuses(Set.of(SessionStatus.RUNNING)))).containsExactly(running);
    assertThat(ids(ALL.withStatuses(Set.of(SessionStatus.IDLE, SessionStatus.TERMINATED))))
        .containsExactly(ended, fresh);
    assertThat(ids(ALL)).containsExactly(ended, running, fresh);
  }

  @Test
  void findsWhatASweepMustLookAt() {
    StopReason end = new StopReason.EndTurn();
    SessionId empty = TestingEvents.create(sessions());
    SessionId waiting = create(running(), idle(end));
    SessionId queued = TestingEvents.create(sessions(), "a task nobody began");
    SessionId ended = create(terminated());
    SessionId cutOff = create(running(), message("half"));
    SessionId thread =
        TestingEvents.create(sessions(), Optional.of(waiting), Json.object(), running());
    assertThat(unfinished()).containsExactly(queued, cutOff, thread).doesNotContain(empty, ended);
    append1(waiting, message("go on"));
    append1(cutOff, idle(end));
    assertThat(unfinished()).containsExactly(waiting, queued, thread);
    reopen();
    append1(thread, message("more"));
    append1(queued, terminated());
    assertThat(unfinished()).containsExactly(waiting, thread);
    assertThat(sessions().unfinished(1)).extracting(SessionRecord::id).containsExactly(waiting);
    assertThat(sessions().unfinished(Optional.of(waiting), 9))
        .extracting(SessionRecord::id)
        .containsExactly(thread);
    append1(waiting, idle(end));
    append1(thread, idle(end));
    assertThat(unfinished()).isEmpty();
  }
}
