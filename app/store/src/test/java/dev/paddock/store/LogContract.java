package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.running;
import static dev.paddock.store.TestingEvents.sequences;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.Signature;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a log must keep of each event, and how it is read. */
abstract class LogContract extends StoreContract {
  private Sessions sessions() {
    return store.sessions();
  }

  private void append1(SessionId id, NewEvent event) {
    sessions().append(id, Append.acknowledged(event));
  }

  @Test
  void keepsWhatAnEntryHolds() {
    SessionId id = TestingEvents.create(sessions());
    NewEvent signed =
        new NewEvent(
            new SessionEvent.UserMessage(
                EventId.next(), List.of(ContentBlock.text("tabs\tand \"quotes\" and 🐎"))),
            new Principal(Principal.Kind.KEY, "key_1"),
            Optional.of(new Signature("EdDSA", "k1", "c2ln")));
    Appended appended = sessions().append(id, Append.acknowledged(signed));
    reopen();
    LogEntry entry = sessions().readAll(id).getFirst();
    assertThat(appended.entries()).containsExactly(entry);
    assertThat(entry.event()).isEqualTo(signed.event());
    assertThat(entry.principal()).isEqualTo(signed.principal());
    assertThat(entry.signature()).isEqualTo(signed.signature());
    assertThat(entry.recordedAt().toEpochMilli()).isEqualTo(clock.millis());
  }

  @Test
  void keepsEventsOfATypeItDoesNotKnow() {
    ObjectNode raw =
        (ObjectNode)
            Json.tree(
                "{\"type\":\"agent.dream\",\"id\":\"sevt_1\",\"depth\":[1,2.5,null,{\"a\":true}]}");
    SessionId id = TestingEvents.create(sessions());
    sessions().append(id, Append.acknowledged(NewEvent.of(Json.convert(raw, SessionEvent.class))));
    reopen();
    SessionEvent event = sessions().readAll(id).getFirst().event();
    assertThat(event)
        .isEqualTo(new SessionEvent.Unknown(new EventId("sevt_1"), "agent.dream", raw));
    assertThat(sessions().read(id, 0, 10, Set.of("agent.dream"))).hasSize(1);
  }

  @Test
  void countsSequencesPerSessionAndPositionsAcrossThem() {
    SessionId a = TestingEvents.create(sessions(), "a1");
    SessionId b = TestingEvents.create(sessions(), "b1");
    sessions().append(a, append("a2", "a3"));
    sessions().append(b, append("b2"));

    assertThat(sequences(sessions().readAll(a))).containsExactly(1L, 2L, 3L);
    assertThat(sequences(sessions().readAll(b))).containsExactly(1L, 2L);
    List<LogEntry> all = sessions().readStore(0, 100);
    assertThat(texts(all)).containsExactly("a1", "b1", "a2", "a3", "b2");
    assertThat(all).extracting(LogEntry::position).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(all).extracting(LogEntry::sessionId).containsExactly(a, b, a, a, b);
    assertThat(texts(sessions().readStore(2, 2))).containsExactly("a2", "a3");
  }

  @Test
  void givesNoPositionOutTwice() {
    SessionId id = TestingEvents.create(sessions(), "one", "two");
    sessions().delete(id);
    reopen();
    SessionId next = TestingEvents.create(sessions(), "three");
    assertThat(sessions().readAll(next).getFirst().position()).isEqualTo(3);
  }

  @Test
  void readsByRangeAndType() {
    SessionId id = TestingEvents.create(sessions(), "one");
    sessions()
        .append(
            id,
            Append.acknowledged(
                NewEvent.of(new SessionEvent.StatusRunning(EventId.next())),
                message("three"),
                NewEvent.of(new SessionEvent.UserInterrupt(EventId.next())),
                message("five")));
    assertThat(sequences(sessions().read(id, 1, 2, Set.of()))).containsExactly(2L, 3L);
    assertThat(sequences(sessions().read(id, 0, 9, Set.of("agent.message"))))
        .containsExactly(1L, 3L, 5L);
    assertThat(
            sequences(
                sessions().read(id, 1, 2, Set.of("user.interrupt", "session.status_running"))))
        .containsExactly(2L, 4L);
    assertThat(sessions().read(id, 0, 9, Set.of("it's \"none\""))).isEmpty();
    assertThat(sessions().read(id, 5, 9, Set.of())).isEmpty();
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

  @Test
  void aCopyOfALogKeepsItsIds() {
    SessionId original = TestingEvents.create(sessions(), "one", "two");
    List<NewEvent> copied =
        sessions().readAll(original).stream().map(LogEntry::event).map(NewEvent::of).toList();
    SessionId fork =
        TestingEvents.create(
            sessions(), Optional.empty(), Json.object(), copied.toArray(NewEvent[]::new));
    assertThat(sessions().readAll(fork))
        .extracting(LogEntry::event)
        .isEqualTo(sessions().readAll(original).stream().map(LogEntry::event).toList());
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> append1(fork, copied.getFirst()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(store.verify(fork).entries()).isEqualTo(2);
  }
}
