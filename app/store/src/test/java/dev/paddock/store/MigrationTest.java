package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home of an older version is brought to the newest one when it is opened. */
final class MigrationTest {
  private static final StopReason ASKS =
      new StopReason.RequiresAction(List.of(new EventId("sevt_1")));

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  private static SessionId create(Store store, SessionEvent... events) {
    SessionId id = SessionId.next();
    store
        .sessions()
        .create(
            new NewSession(
                id,
                WorkspaceId.DEFAULT,
                Json.object(),
                Stream.of(events).map(NewEvent::of).toList()));
    return id;
  }

  /** Takes what version 2 added away again. */
  private void makeVersion1() throws Exception {
    TestingSql.run(
        home,
        "DROP INDEX sessions_by_workspace",
        "DROP INDEX sessions_by_parent",
        "DROP INDEX sessions_unfinished",
        "DROP INDEX resources_by_kind",
        "ALTER TABLE sessions DROP COLUMN parent",
        "ALTER TABLE sessions DROP COLUMN status",
        "ALTER TABLE sessions DROP COLUMN stop_reason",
        "ALTER TABLE sessions DROP COLUMN unfinished",
        "CREATE INDEX sessions_by_workspace ON sessions (workspace, number)",
        "PRAGMA user_version = 1");
  }

  @Test
  void fillsInWhereEachSessionStands() throws Exception {
    SessionId empty;
    SessionId queued;
    SessionId running;
    SessionId rescheduled;
    SessionId idle;
    SessionId idleWithMore;
    SessionId ended;
    List<SessionRecord> before;
    List<SessionRecord> unfinished;
    try (Store store = SqliteStore.open(home)) {
      SessionEvent.StatusRunning run = new SessionEvent.StatusRunning(EventId.next());
      SessionEvent.StatusIdle asks =
          new SessionEvent.StatusIdle(EventId.next(), ASKS, Optional.empty());
      SessionEvent message = TestingEvents.message("text").event();
      empty = create(store);
      queued = create(store, message);
      running = create(store, asks, run, message);
      rescheduled = create(store, run, new SessionEvent.StatusRescheduled(EventId.next()));
      idle = create(store, run, asks);
      idleWithMore = create(store, run, asks, message);
      ended = create(store, asks, new SessionEvent.StatusTerminated(EventId.next()));
      before = store.sessions().list(SessionFilter.newest(10));
      unfinished = store.sessions().unfinished(10);
    }
    makeVersion1();
    try (Store store = SqliteStore.open(home)) {
      assertThat(store.sessions().list(SessionFilter.newest(10))).isEqualTo(before);
      assertThat(store.sessions().unfinished(10)).isEqualTo(unfinished);
      assertThat(unfinished)
          .extracting(SessionRecord::id)
          .containsExactly(queued, running, rescheduled, idleWithMore)
          .doesNotContain(empty, ended);
      SessionRecord waiting = store.sessions().find(idle).orElseThrow();
      assertThat(waiting.status()).isEqualTo(SessionStatus.IDLE);
      assertThat(waiting.stopReason()).isEqualTo(Optional.of(ASKS));
    }
  }
}
