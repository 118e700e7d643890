package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.quick;
import static dev.paddock.store.TestingEvents.sequences;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Appended;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every session log must do. */
abstract class SessionsContract extends StoreContract {
  private Sessions sessions() {
    return store.sessions();
  }

  private static void assertFails(ErrorCode code, String words, Runnable action) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(action::run)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void createsASessionWithItsFirstEvents() {
    ObjectNode document = Json.object().put("title", "Grüße");
    SessionId id = SessionId.next();
    WorkspaceId workspace = new WorkspaceId("wrkspc_other");
    SessionRecord created =
        sessions()
            .create(
                new NewSession(id, workspace, document, List.of(message("one"), message("two"))));

    assertThat(sessions().find(id)).contains(created);
    assertThat(created.workspaceId()).isEqualTo(workspace);
    assertThat(created.document()).isEqualTo(document);
    assertThat(created.lastSequence()).isEqualTo(2);
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "two");
  }

  @Test
  void refusesASessionThatExists() {
    SessionId id = TestingEvents.create(sessions(), "first");
    NewSession again =
        new NewSession(id, WorkspaceId.DEFAULT, Json.object(), List.of(message("second")));
    assertFails(ErrorCode.CONFLICT, id.value(), () -> sessions().create(again));
    assertThat(texts(sessions().readAll(id))).containsExactly("first");
  }

  @Test
  void saysThatASessionIsUnknown() {
    SessionId id = SessionId.next();
    assertThat(sessions().find(id)).isEmpty();
    assertFails(ErrorCode.NOT_FOUND, id.value(), () -> sessions().append(id, append("x")));
    assertFails(ErrorCode.NOT_FOUND, id.value(), () -> sessions().read(id, 0, 1, Set.of()));
    assertFails(ErrorCode.NOT_FOUND, id.value(), () -> sessions().readAll(id));
    assertFails(ErrorCode.NOT_FOUND, id.value(), () -> sessions().subscribe(id, 0));
    assertFails(ErrorCode.NOT_FOUND, id.value(), () -> sessions().delete(id));
    assertFails(ErrorCode.NOT_FOUND, id.value(), () -> store.verify(id));
  }

  @Test
  void failedAppendsLeaveNoGap() {
    SessionId id = TestingEvents.create(sessions(), "one");
    NewEvent twice = message("twice");
    sessions().append(id, Append.acknowledged(twice));
    assertFails(
        ErrorCode.CONFLICT,
        twice.event().id().value(),
        () -> sessions().append(id, Append.acknowledged(message("before"), twice)));
    sessions().append(id, append("three"));
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "twice", "three");
    assertThat(sessions().readStore(0, 10))
        .extracting(LogEntry::position)
        .containsExactly(1L, 2L, 3L);
    assertThat(store.verify(id).intact()).isTrue();
  }

  @Test
  void tellsALostRace() {
    SessionId id = TestingEvents.create(sessions(), "one");
    sessions().append(id, append("two").expecting(1));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> sessions().append(id, append("other two").expecting(1)))
        .withMessageContaining("sequence 2")
        .withMessageContaining("not at 1")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "two");
  }

  @Test
  void repeatedAppendsWithAKeyReturnTheFirst() {
    SessionId id = TestingEvents.create(sessions(), "one");
    Append keyed = append("two", "three").withKey("key").expecting(1);
    Appended first = sessions().append(id, keyed);
    sessions().append(id, append("four"));
    assertThat(first.repeated()).isFalse();

    Appended second = sessions().append(id, keyed);
    assertThat(second.repeated()).isTrue();
    assertThat(second.entries()).isEqualTo(first.entries());
    reopen();
    assertThat(sessions().append(id, append("other").withKey("key")).entries())
        .isEqualTo(first.entries());
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "two", "three", "four");
  }

  @Test
  void keysBelongToTheirSession() {
    SessionId a = TestingEvents.create(sessions());
    SessionId b = TestingEvents.create(sessions());
    assertThat(sessions().append(a, append("a").withKey("key")).repeated()).isFalse();
    assertThat(sessions().append(b, append("b").withKey("key")).repeated()).isFalse();
  }

  @Test
  void refusesHostileKeysAndLimits() {
    SessionId id = TestingEvents.create(sessions());
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "client key",
        () -> sessions().append(id, append("x").withKey("k".repeat(256))));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "client key",
        () -> sessions().append(id, append("x").withKey(" ")));
    assertFails(ErrorCode.INVALID_REQUEST, "limit", () -> sessions().read(id, 0, 0, Set.of()));
    assertFails(ErrorCode.INVALID_REQUEST, "limit", () -> sessions().readStore(0, -1));
    assertFails(
        ErrorCode.LIMIT_EXCEEDED,
        "bytes",
        () -> sessions().append(id, append("x".repeat(EventRecord.MAX_BYTES))));
    assertThat(sessions().readAll(id)).isEmpty();
  }

  @Test
  void onlyTheCurrentLeaseMayAppend() {
    SessionId id = TestingEvents.create(sessions());
    Duration ttl = Duration.ofSeconds(10);
    Lease first = store.leases().acquire("run", "a", ttl).orElseThrow();
    NewEvent one = message("one");
    sessions().append(id, Append.turn(first, List.of(one.event())));

    clock.advance(Duration.ofMinutes(1));
    sessions().append(id, Append.turn(first, List.of(message("late but alone").event())));

    Lease second = store.leases().acquire("run", "b", ttl).orElseThrow();
    assertFails(
        ErrorCode.CONFLICT,
        "epoch 1",
        () -> sessions().append(id, Append.turn(first, List.of(message("too late").event()))));
    sessions().append(id, Append.turn(second, List.of(message("two").event())));
    store.leases().release(second);
    assertFails(
        ErrorCode.CONFLICT,
        "epoch 2",
        () -> sessions().append(id, Append.turn(second, List.of(message("given up").event()))));
    assertThat(texts(sessions().readAll(id))).containsExactly("one", "late but alone", "two");
  }

  @Test
  void deletesASessionWithItsLog() {
    SessionId kept = TestingEvents.create(sessions(), "kept");
    SessionId id = TestingEvents.create(sessions(), "gone");
    sessions().append(id, append("gone too").withKey("key"));
    sessions().delete(id);
    assertThat(sessions().find(id)).isEmpty();
    assertThat(texts(sessions().readStore(0, 10))).containsExactly("kept");
    assertThat(sessions().list(SessionFilter.newest(9)))
        .extracting(SessionRecord::id)
        .containsExactly(kept);
  }

  @Test
  void concurrentAppendsAreAllKeptInOrder() throws Exception {
    int writers = 16;
    int each = 25;
    SessionId shared = TestingEvents.create(sessions());
    List<Callable<List<Long>>> tasks = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      int writer = w;
      tasks.add(
          () -> {
            SessionId own = TestingEvents.create(sessions());
            List<Long> acknowledged = new ArrayList<>();
            for (int i = 0; i < each; i++) {
              Append append = i % 5 == 0 ? append(writer + "-" + i) : quick(writer + "-" + i);
              acknowledged.add(sessions().append(shared, append).lastSequence());
              sessions().append(own, quick("own"));
            }
            assertThat(store.verify(own).entries()).isEqualTo(each);
            return acknowledged;
          });
    }
    List<Long> acknowledged = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<Long>> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isSorted();
        acknowledged.addAll(result.get());
      }
    }
    long total = (long) writers * each;
    assertThat(acknowledged)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
    assertThat(sequences(sessions().readAll(shared)))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
    assertThat(sessions().readStore(0, 10_000))
        .extracting(LogEntry::position)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 2 * total).boxed().toList());
    assertThat(store.verify(shared).intact()).isTrue();
  }

  @Test
  void onlyOneOfTwoWinsEachRace() throws Exception {
    SessionId id = TestingEvents.create(sessions());
    int rounds = 30;
    Callable<Integer> racer =
        () -> {
          int won = 0;
          for (int round = 0; round < rounds; round++) {
            try {
              sessions().append(id, quick("round " + round).expecting(round));
              won++;
            } catch (StoreException e) {
              assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
            }
            while (sessions().find(id).orElseThrow().lastSequence() <= round) {
              Thread.onSpinWait();
            }
          }
          return won;
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> one = threads.submit(racer);
      Future<Integer> two = threads.submit(racer);
      assertThat(one.get() + two.get()).isEqualTo(rounds);
    }
    assertThat(sessions().find(id).orElseThrow().lastSequence()).isEqualTo(rounds);
  }

  @Test
  void anEmptyAppendChangesNothing() {
    SessionId id = TestingEvents.create(sessions(), "one");
    assertThat(sessions().append(id, Append.acknowledged()).entries()).isEmpty();
    assertThat(sessions().find(id).orElseThrow().lastSequence()).isEqualTo(1);
  }

  @Test
  void refusesWorkAfterClose() {
    SessionId id = TestingEvents.create(sessions(), "one");
    Sessions closed = sessions();
    store.close();
    assertFails(ErrorCode.UNAVAILABLE, "closed", () -> closed.append(id, append("two")));
    assertFails(ErrorCode.UNAVAILABLE, "closed", () -> closed.readAll(id));
    reopen();
    assertThat(texts(sessions().readAll(id))).containsExactly("one");
  }

  @Test
  void anInterruptedCallerStillLearnsTheOutcome() {
    SessionId id = TestingEvents.create(sessions());
    Thread.currentThread().interrupt();
    Appended appended = sessions().append(id, append("one"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(appended.entries()).isEqualTo(sessions().readAll(id));
    assertThat(appended.entries()).hasSize(1);
  }

  @Test
  void interruptedCallersStillReadAndAppend() throws Exception {
    SessionId id = TestingEvents.create(sessions());
    int rounds = 50;
    AtomicInteger progress = new AtomicInteger();
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int i = 1; i <= rounds; i++) {
                      sessions().append(id, quick("event"));
                      assertThat(sessions().readAll(id)).hasSize(i);
                      progress.set(i);
                    }
                    outcome.complete(sessions().readAll(id).size());
                  } catch (RuntimeException | Error e) {
                    outcome.completeExceptionally(e);
                  }
                });
    while (caller.isAlive()) {
      int before = progress.get();
      caller.interrupt();
      while (caller.isAlive() && progress.get() == before) {
        Thread.onSpinWait();
      }
    }
    assertThat(outcome.get()).isEqualTo(rounds);
  }

  @Test
  void bothDurabilitiesOutliveAReopen() {
    SessionId id = TestingEvents.create(sessions());
    for (Durability durability : Durability.values()) {
      sessions().append(id, Append.acknowledged(message(durability.name())).with(durability));
    }
    reopen();
    assertThat(texts(sessions().readAll(id))).containsExactly("TURN", "ACKNOWLEDGED");
  }
}
