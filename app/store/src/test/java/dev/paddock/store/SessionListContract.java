package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.sequences;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.Order;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How every session log must find sessions and parts of logs. */
abstract class SessionListContract extends StoreContract {
  private static final WorkspaceId OTHER = new WorkspaceId("wrkspc_other");

  private Sessions sessions() {
    return store.sessions();
  }

  private SessionId create(Optional<SessionId> parent, ObjectNode document, NewEvent... events) {
    return sessions()
        .create(
            new NewSession(
                SessionId.next(), WorkspaceId.DEFAULT, parent, document, List.of(events)))
        .id();
  }

  private SessionId create(String json) {
    return create(Optional.empty(), (ObjectNode) Json.tree(json));
  }

  private List<SessionId> ids(SessionFilter filter) {
    return sessions().list(filter).stream().map(SessionRecord::id).toList();
  }

  private List<SessionId> unfinished() {
    return sessions().unfinished(100).stream().map(SessionRecord::id).toList();
  }

  private static NewEvent running() {
    return NewEvent.of(new SessionEvent.StatusRunning(EventId.next()));
  }

  private static NewEvent idle(StopReason reason) {
    return NewEvent.of(new SessionEvent.StatusIdle(EventId.next(), reason, Optional.empty()));
  }

  private static NewEvent terminated() {
    return NewEvent.of(new SessionEvent.StatusTerminated(EventId.next()));
  }

  private void append1(SessionId id, NewEvent event) {
    sessions().append(id, Append.acknowledged(event));
  }

  private static final SessionFilter ALL = SessionFilter.newest(100);

  @Test
  void threadsBelongToTheirSession() {
    SessionId parent = TestingEvents.create(sessions(), "parent");
    SessionId other = TestingEvents.create(sessions(), "other");
    SessionId thread = create(Optional.of(parent), Json.object(), message("thread"));
    SessionId second = create(Optional.of(parent), Json.object());
    SessionId nested = create(Optional.of(thread), Json.object(), message("nested"));

    assertThat(sessions().find(thread).orElseThrow().parent()).contains(parent);
    assertThat(ids(ALL)).containsExactly(other, parent);
    assertThat(ids(ALL.withParent(parent))).containsExactly(second, thread);
    assertThat(ids(ALL.withParent(thread))).containsExactly(nested);
    sessions().delete(parent);
    assertThat(ids(ALL)).containsExactly(other);
    assertThat(List.of(thread, second, nested)).allMatch(id -> sessions().find(id).isEmpty());
    assertThat(texts(sessions().readStore(0, 10))).containsExactly("other");
    assertThat(sessions().readAll(TestingEvents.create(sessions(), "next")).getFirst().position())
        .isEqualTo(5);
  }

  @Test
  void aThreadNeedsItsSession() {
    SessionId missing = SessionId.next();
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> create(Optional.of(missing), Json.object()))
        .withMessageContaining(missing.value())
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
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
    SessionId id = create(Optional.empty(), Json.object(), running(), twice);
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
    SessionId running = create(Optional.empty(), Json.object(), running());
    SessionId ended = create(Optional.empty(), Json.object(), running(), terminated());
    assertThat(ids(ALL.withStatuses(Set.of(SessionStatus.RUNNING)))).containsExactly(running);
    assertThat(ids(ALL.withStatuses(Set.of(SessionStatus.IDLE, SessionStatus.TERMINATED))))
        .containsExactly(ended, fresh);
    assertThat(ids(ALL)).containsExactly(ended, running, fresh);
  }

  @Test
  void findsWhatASweepMustLookAt() {
    StopReason end = new StopReason.EndTurn();
    SessionId empty = TestingEvents.create(sessions());
    SessionId waiting = create(Optional.empty(), Json.object(), running(), idle(end));
    SessionId queued = TestingEvents.create(sessions(), "a task nobody began");
    SessionId ended = create(Optional.empty(), Json.object(), terminated());
    SessionId cutOff = create(Optional.empty(), Json.object(), running(), message("half"));
    SessionId thread = create(Optional.of(waiting), Json.object(), running());
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

  @Test
  void anAppendMayReplaceTheDocument() {
    SessionId id = TestingEvents.create(sessions(), "one");
    ObjectNode two = Json.object().put("title", "two");
    sessions().append(id, append("two").expecting(1).withDocument(two));
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(two);

    ObjectNode lost = Json.object().put("title", "lost");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> sessions().append(id, append("late").expecting(1).withDocument(lost)));
    Lease old = store.leases().acquire("run", "a", Duration.ofSeconds(9)).orElseThrow();
    store.leases().release(old);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(
            () ->
                sessions()
                    .append(
                        id, Append.turn(old, List.of(message("late").event())).withDocument(lost)));
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(two);

    ObjectNode three = Json.object().put("title", "three");
    Append keyed = Append.acknowledged().withDocument(three);
    assertThat(sessions().append(id, keyed).entries()).isEmpty();
    reopen();
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(three);
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "two");
    assertThat(store.verify(id).intact()).isTrue();
  }

  @Test
  void aRepeatedAppendLeavesTheDocument() {
    SessionId id = TestingEvents.create(sessions());
    ObjectNode first = Json.object().put("title", "first");
    ObjectNode second = Json.object().put("title", "second");
    sessions().append(id, append("one").withKey("key").withDocument(first));
    Appended again = sessions().append(id, append("two").withKey("key").withDocument(second));
    assertThat(again.repeated()).isTrue();
    assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(first);
  }

  @Test
  void aCopyOfALogKeepsItsIds() {
    SessionId original = TestingEvents.create(sessions(), "one", "two");
    List<NewEvent> copied =
        sessions().readAll(original).stream().map(LogEntry::event).map(NewEvent::of).toList();
    SessionId fork = create(Optional.empty(), Json.object(), copied.toArray(NewEvent[]::new));
    assertThat(sessions().readAll(fork))
        .extracting(LogEntry::event)
        .isEqualTo(sessions().readAll(original).stream().map(LogEntry::event).toList());
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> append1(fork, copied.getFirst()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(store.verify(fork).entries()).isEqualTo(2);
  }

  @Test
  void listsByDocument() {
    SessionId a = create("{\"agent\":{\"id\":\"agent_1\"},\"archived_at\":null}");
    SessionId b = create("{\"agent\":{\"id\":\"agent_2\"},\"archived_at\":\"2026-01-01\"}");
    SessionId c = create("{\"agent\":{\"id\":\"agent_1\"},\"archived_at\":\"2026-01-01\"}");
    SessionId odd = create("{\"agent\":\"agent_1\",\"n\":5,\"t\":true,\"z\":\"a\\u0000b\"}");
    assertThat(ids(ALL.withMatching("agent.id", "agent_1"))).containsExactly(c, a);
    assertThat(ids(ALL.withAbsent("archived_at"))).containsExactly(odd, a);
    assertThat(ids(ALL.withMatching("agent.id", "agent_1").withAbsent("archived_at")))
        .containsExactly(a);
    assertThat(ids(ALL.withMatching("agent", "agent_1"))).containsExactly(odd);
    assertThat(ids(ALL.withAbsent("agent.id"))).containsExactly(odd);
    for (String text : new String[] {"5", "true", "{\"id\":\"agent_1\"}", "agent_1' OR '1'='1"}) {
      assertThat(ids(ALL.withMatching("n", text))).isEmpty();
      assertThat(ids(ALL.withMatching("t", text))).isEmpty();
      assertThat(ids(ALL.withMatching("agent", text))).isEmpty();
    }
    assertThat(ids(ALL.withMatching("0", "x").withMatching("a.0.b_1", "y"))).isEmpty();
    sessions().append(b, append("x").withDocument(Json.object().put("kind", "new")));
    assertThat(ids(ALL.withMatching("kind", "new"))).containsExactly(b);
  }

  @Test
  void takesHostileDocuments() {
    for (String text :
        new String[] {
          "\0",
          "a\0\0b",
          "\\u0000",
          "\\\0",
          "\\\\u0000\0",
          "'; DROP TABLE sessions; --",
          "\"}{",
          "\uffff",
          "😀\u2028",
          "x".repeat(100_000)
        }) {
      ObjectNode document = Json.object().put("text", text).put("big", 1e300);
      document.putObject("a.b").put("", "empty name").put("\0", "odd name");
      SessionId id = create(Optional.empty(), document);
      assertThat(sessions().find(id).orElseThrow().document()).isEqualTo(document);
      assertThat(ids(ALL.withMatching("text", text))).containsExactly(id);
      sessions().delete(id);
    }
    create("{\"text\":\"ab\"}");
    assertThat(ids(ALL.withMatching("text", "a\0b"))).isEmpty();
  }

  @Test
  void refusesHostilePaths() {
    for (String path :
        new String[] {
          "",
          ".",
          "a.",
          ".a",
          "a..b",
          "A",
          "a b",
          "a'b",
          "a\"b",
          "$",
          "a[0]",
          "a-b",
          "ä",
          "a\n",
          "a".repeat(256),
          "a') OR 1=1 --"
        }) {
      for (SessionFilter filter : List.of(ALL.withMatching(path, "x"), ALL.withAbsent(path))) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> sessions().list(filter))
            .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
      }
    }
    SessionFilter many = ALL;
    for (int i = 0; i < 17; i++) {
      many = many.withAbsent("a" + i);
    }
    SessionFilter tooMany = many;
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> sessions().list(tooMany))
        .withMessageContaining("17 paths");
  }

  @Test
  void listsByTime() {
    List<SessionId> ids = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(TestingEvents.create(sessions()));
      times.add(sessions().find(ids.getLast()).orElseThrow().createdAt());
      clock.advance(Duration.ofSeconds(1));
    }
    TimeRange any = TimeRange.ANY;
    Instant between = times.get(1).plusNanos(1);
    Map<TimeRange, List<Integer>> expected =
        Map.of(
            any.withAfter(times.get(1)), List.of(3, 2),
            any.withFrom(times.get(1)), List.of(3, 2, 1),
            any.withBefore(times.get(1)), List.of(0),
            any.withTo(times.get(1)), List.of(1, 0),
            any.withAfter(between), List.of(3, 2),
            any.withFrom(between), List.of(3, 2),
            any.withBefore(between), List.of(1, 0),
            any.withTo(between), List.of(1, 0),
            any.withFrom(times.get(1)).withBefore(times.get(3)), List.of(2, 1),
            any.withFrom(Instant.MIN).withTo(Instant.MAX), List.of(3, 2, 1, 0));
    expected.forEach(
        (range, found) ->
            assertThat(ids(ALL.withCreated(range)))
                .as(range.toString())
                .isEqualTo(found.stream().map(ids::get).toList()));
    assertThat(ids(ALL.withCreated(any.withFrom(Instant.MAX)))).isEmpty();
  }

  @Test
  void pagesInBothOrders() {
    List<SessionId> ids = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      // Two ids of one millisecond would have no order of their own.
      SessionId id = new SessionId("sesn_" + i);
      WorkspaceId workspace = i % 3 == 0 ? OTHER : WorkspaceId.DEFAULT;
      ids.add(sessions().create(new NewSession(id, workspace, Json.object(), List.of())).id());
    }
    for (Order order : Order.values()) {
      List<SessionId> expected = order == Order.ASCENDING ? ids : ids.reversed();
      for (int limit = 1; limit < 9; limit++) {
        List<SessionId> paged = new ArrayList<>();
        SessionFilter filter = SessionFilter.newest(limit).withOrder(order);
        List<SessionId> page = ids(filter);
        while (!page.isEmpty()) {
          paged.addAll(page);
          page = ids(filter.withAfter(page.getLast()));
        }
        assertThat(paged).isEqualTo(expected);
      }
    }
    assertThat(ids(ALL.withWorkspace(OTHER).withOrder(Order.ASCENDING).withAfter(ids.get(1))))
        .containsExactly(ids.get(3), ids.get(6));
    sessions().delete(ids.get(2));
    SessionFilter beyond = ALL.withAfter(ids.get(2));
    assertThat(ids(beyond)).containsExactly(ids.get(1), ids.get(0));
    assertThat(ids(beyond.withOrder(Order.ASCENDING)))
        .containsExactly(ids.get(3), ids.get(4), ids.get(5), ids.get(6));
    sessions().delete(ids.get(6));
    assertThat(ids(ALL.withOrder(Order.ASCENDING).withAfter(ids.get(6)))).isEmpty();
  }

  @Test
  void filtersAgreeWithAScan() {
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      ObjectNode document = Json.object();
      if (random.nextBoolean()) {
        document.put("kind", random.nextBoolean() ? "a" : "b");
      }
      NewEvent[] events = random.nextBoolean() ? new NewEvent[] {running()} : new NewEvent[0];
      sessions()
          .create(
              new NewSession(
                  SessionId.next(),
                  random.nextBoolean() ? OTHER : WorkspaceId.DEFAULT,
                  document,
                  List.of(events)));
      clock.advance(Duration.ofMillis(random.nextInt(3)));
    }
    List<SessionRecord> all = sessions().list(ALL);
    for (int i = 0; i < 60; i++) {
      SessionRecord from = all.get(random.nextInt(all.size()));
      boolean running = random.nextBoolean();
      boolean kind = random.nextBoolean();
      SessionFilter filter =
          ALL.withWorkspace(OTHER)
              .withStatuses(Set.of(running ? SessionStatus.RUNNING : SessionStatus.IDLE))
              .withCreated(TimeRange.ANY.withTo(from.createdAt()));
      SessionFilter asked = kind ? filter.withMatching("kind", "a") : filter.withAbsent("kind");
      assertThat(sessions().list(asked))
          .isEqualTo(
              all.stream()
                  .filter(one -> one.workspaceId().equals(OTHER))
                  .filter(one -> (one.status() == SessionStatus.RUNNING) == running)
                  .filter(one -> !one.createdAt().isAfter(from.createdAt()))
                  .filter(one -> one.document().path("kind").asText().equals(kind ? "a" : ""))
                  .toList());
    }
  }

  @Test
  void readsPartsOfALog() {
    SessionId id = TestingEvents.create(sessions());
    List<Instant> times = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      append1(id, i % 3 == 0 ? running() : message("event " + i));
      times.add(sessions().readAll(id).getLast().recordedAt());
      clock.advance(Duration.ofMillis(5));
    }
    assertThat(sequences(sessions().read(id, LogQuery.ALL)))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(sequences(sessions().read(id, LogQuery.last(2)))).containsExactly(6L, 5L);
    assertThat(sequences(sessions().read(id, LogQuery.last(2).withBefore(5))))
        .containsExactly(4L, 3L);
    assertThat(sequences(sessions().read(id, LogQuery.first(9).withAfter(2).withBefore(5))))
        .containsExactly(3L, 4L);
    assertThat(
            sequences(
                sessions().read(id, LogQuery.last(9).withTypes(Set.of("session.status_running")))))
        .containsExactly(6L, 3L);
    TimeRange range = TimeRange.ANY.withAfter(times.get(1)).withTo(times.get(3));
    assertThat(sequences(sessions().read(id, LogQuery.first(9).withCreated(range))))
        .containsExactly(3L, 4L);
  }
}
