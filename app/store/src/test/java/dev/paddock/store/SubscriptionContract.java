package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.quick;
import static dev.paddock.store.TestingEvents.sequences;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every subscription must do. */
@Timeout(60)
abstract class SubscriptionContract extends StoreContract {
  private static final Duration LONG = Duration.ofSeconds(50);

  @Test
  void replaysThenGoesOnLive() throws InterruptedException {
    SessionId id = TestingEvents.create(store.sessions(), "one", "two", "three");
    try (Subscription subscription = store.sessions().subscribe(id, 1)) {
      assertThat(texts(subscription.next(1, LONG))).containsExactly("two");
      assertThat(texts(subscription.next(10, LONG))).containsExactly("three");
      assertThat(subscription.next(10, Duration.ZERO)).isEmpty();
      store.sessions().append(id, append("four", "five"));
      assertThat(texts(subscription.next(10, LONG))).containsExactly("four", "five");
    }
  }

  @Test
  void seesNoGapAndNoDoubleWhileOthersAppend() throws Exception {
    int total = 400;
    SessionId id = TestingEvents.create(store.sessions(), "first");
    SessionId noise = TestingEvents.create(store.sessions());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Long>>> readers = new ArrayList<>();
      for (int reader = 0; reader < 8; reader++) {
        int limit = reader + 1;
        readers.add(threads.submit(() -> follow(id, limit, total)));
      }
      for (int i = 1; i < total; i++) {
        store.sessions().append(id, quick("event"));
        store.sessions().append(noise, quick("noise"));
      }
      for (Future<List<Long>> reader : readers) {
        assertThat(reader.get())
            .containsExactlyElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
      }
    }
  }

  private List<Long> follow(SessionId id, int limit, int total) throws InterruptedException {
    List<Long> seen = new ArrayList<>();
    try (Subscription subscription = store.sessions().subscribe(id, 0)) {
      while (seen.size() < total) {
        List<LogEntry> entries = subscription.next(limit, LONG);
        assertThat(entries).isNotEmpty().hasSizeLessThanOrEqualTo(limit);
        seen.addAll(sequences(entries));
      }
    }
    return seen;
  }

  @Test
  void closingItWakesTheReader() throws Exception {
    SessionId id = TestingEvents.create(store.sessions());
    Subscription subscription = store.sessions().subscribe(id, 0);
    assertThat(waitWhile(subscription, subscription::close)).isEmpty();
    assertThat(subscription.next(1, LONG)).isEmpty();
  }

  @Test
  void closingTheStoreWakesTheReader() throws Exception {
    SessionId id = TestingEvents.create(store.sessions());
    Subscription subscription = store.sessions().subscribe(id, 0);
    assertThat(waitWhile(subscription, store::close)).isEmpty();
  }

  private static List<LogEntry> waitWhile(Subscription subscription, Runnable action)
      throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<LogEntry>> waiting =
          threads.submit(
              () -> {
                started.countDown();
                return subscription.next(1, LONG);
              });
      started.await();
      action.run();
      return waiting.get();
    }
  }

  @Test
  void learnsThatItsSessionWasDeleted() throws InterruptedException {
    SessionId id = TestingEvents.create(store.sessions(), "one");
    try (Subscription subscription = store.sessions().subscribe(id, 1)) {
      store.sessions().delete(id);
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> subscription.next(1, LONG))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  @Test
  void whoFollowsLaterSeesNothingThatWasRedacted() throws InterruptedException {
    SessionId id = TestingEvents.create(store.sessions(), "one", "secret");
    try (Subscription first = store.sessions().subscribe(id, 0);
        Subscription second = store.sessions().subscribe(id, 0)) {
      List<LogEntry> entries = first.next(10, LONG);
      assertThat(texts(entries)).containsExactly("one", "secret");
      store.redact(
          id,
          entries.getLast().event().id(),
          new Principal(Principal.Kind.USER, "anna"),
          "asked for");
      List<LogEntry> later = second.next(10, LONG);
      assertThat(sequences(later)).containsExactly(1L, 2L, 3L);
      assertThat(Json.write(later)).contains("one").doesNotContain("secret");
    }
  }

  @Test
  void seesWhatAnotherStoreOnTheSameHomeAppends() throws InterruptedException {
    SessionId id = TestingEvents.create(store.sessions(), "one");
    try (Store other = open(home, clock);
        Subscription subscription = store.sessions().subscribe(id, 1)) {
      assertThat(subscription.next(1, Duration.ZERO)).isEmpty();
      for (int i = 0; i < 3; i++) {
        other.sessions().append(id, append("from outside " + i));
        assertThat(texts(subscription.next(1, LONG))).containsExactly("from outside " + i);
      }
    }
  }
}
