package dev.paddock.store;

import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.running;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.WorkspaceId;
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

/** How sessions must be found, and threads with them. */
abstract class SessionListContract extends StoreContract {
  private static final WorkspaceId OTHER = new WorkspaceId("wrkspc_other");

  private static final SessionFilter ALL = SessionFilter.newest(100);

  private Sessions sessions() {
    return store.sessions();
  }

  private SessionId create(Optional<SessionId> parent, NewEvent... events) {
    return TestingEvents.create(sessions(), parent, Json.object(), events);
  }

  private List<SessionId> ids(SessionFilter filter) {
    return sessions().list(filter).stream().map(SessionRecord::id).toList();
  }

  @Test
  void listsNewestFirst() {
    List<SessionId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      WorkspaceId workspace = i % 2 == 0 ? WorkspaceId.DEFAULT : new WorkspaceId("wrkspc_other");
      ids.add(TestingEvents.create(sessions(), workspace, "x"));
    }
    assertThat(sessions().list(SessionFilter.newest(3)))
        .extracting(SessionRecord::id)
        .containsExactly(ids.get(4), ids.get(3), ids.get(2));
    SessionFilter older = SessionFilter.newest(10).withAfter(ids.get(2));
    assertThat(sessions().list(older))
        .extracting(SessionRecord::id)
        .containsExactly(ids.get(1), ids.get(0));
    SessionFilter mine =
        SessionFilter.newest(10).withWorkspace(WorkspaceId.DEFAULT).withAfter(ids.get(4));
    assertThat(sessions().list(mine))
        .extracting(SessionRecord::id)
        .containsExactly(ids.get(2), ids.get(0));
  }

  @Test
  void threadsBelongToTheirSession() {
    SessionId parent = TestingEvents.create(sessions(), "parent");
    SessionId other = TestingEvents.create(sessions(), "other");
    SessionId thread = create(Optional.of(parent), message("thread"));
    SessionId second = create(Optional.of(parent));
    SessionId nested = create(Optional.of(thread), message("nested"));

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
        .isThrownBy(() -> create(Optional.of(missing)))
        .withMessageContaining(missing.value())
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
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
}
