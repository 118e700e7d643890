package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.quick;
import static dev.paddock.store.TestingEvents.sequences;
import static dev.paddock.store.TestingEvents.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.Subscription;
import dev.paddock.store.TestingProxy.Cut;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a lost connection, a stopped server and a node that stands still do to a store. */
@Timeout(120)
final class PostgresFaultsTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  private static void assertUnavailable(Runnable action) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(action::run)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void connectionsThatEndedWhileIdleAreReplaced() throws Exception {
    try (Store store = TestingPostgres.open(home, Clock.systemUTC())) {
      SessionId id = TestingEvents.create(store.sessions(), "one");
      try (Subscription subscription = store.sessions().subscribe(id, 1)) {
        assertThat(subscription.next(1, Duration.ZERO)).isEmpty();
        for (int i = 0; i < 5; i++) {
          TestingPostgres.endConnections(home);
          assertThat(store.sessions().readAll(id)).hasSize(i + 1);
          store.sessions().append(id, append("again " + i));
          assertThat(texts(subscription.next(1, LONG))).containsExactly("again " + i);
        }
      }
      assertThat(store.verify(id).entries()).isEqualTo(6);
    }
  }

  @Test
  void aStoppedServerIsUnavailableUntilItRunsAgain() throws Exception {
    TestingPostgres.requirePrograms();
    EmbeddedPostgres.Builder server =
        EmbeddedPostgres.builder()
            .setDataDirectory(home.resolve("data"))
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "on");
    EmbeddedPostgres first = server.start();
    server.setPort(first.getPort());
    try (Store store =
        PostgresStore.open(
            first.getJdbcUrl("postgres", "postgres"), new Properties(), home.resolve("files"))) {
      SessionId id = TestingEvents.create(store.sessions(), "one");
      try (Subscription subscription = store.sessions().subscribe(id, 0)) {
        assertThat(subscription.next(9, LONG)).hasSize(1);
        first.close();
        assertUnavailable(() -> store.sessions().append(id, append("lost")));
        assertUnavailable(() -> store.sessions().readAll(id));
        assertUnavailable(() -> store.leases().acquire("run", "a", Duration.ofSeconds(1)));
        try (EmbeddedPostgres _ = server.start()) {
          store.sessions().append(id, append("two"));
          assertThat(texts(store.sessions().readAll(id))).containsExactly("one", "two");
          assertThat(texts(subscription.next(9, LONG))).containsExactly("two");
          assertThat(store.verify(id).intact()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
  void aCommitWhoseAnswerWasLostIsLookedUp(Cut cut) throws Exception {
    String direct = TestingPostgres.url(home);
    try (TestingProxy proxy = new TestingProxy(TestingPostgres.port());
        Store store =
            PostgresStore.open(through(proxy, direct), new Properties(), home.resolve("files"))) {
      SessionId id = TestingEvents.create(store.sessions(), "one");
      for (int i = 0; i < 3; i++) {
        proxy.cut(cut);
        store.sessions().append(id, append("event " + i).withKey("key " + i));
        assertThat(proxy.hasCut()).isTrue();
      }
      store.resources().create("agent", "a", WorkspaceId.DEFAULT, Json.object());
      proxy.cut(cut);
      assertThat(store.resources().update("agent", "a", 1, Json.object()).version()).isEqualTo(2);
      assertThat(store.resources().find("agent", "a").orElseThrow().version()).isEqualTo(2);
      assertThat(texts(store.sessions().readAll(id)))
          .containsExactly("one", "event 0", "event 1", "event 2");
      assertThat(store.verify(id).intact()).isTrue();
    }
  }

  @Test
  void aCommitThatNobodyCanBeAskedForIsReportedAsSuch() throws Exception {
    String direct = TestingPostgres.url(home);
    TestingPostgres.open(home, Clock.systemUTC()).close();
    try (TestingProxy proxy = new TestingProxy(TestingPostgres.port())) {
      PostgresDatabase database =
          new PostgresDatabase(through(proxy, direct), new Properties(), Optional.empty());
      try (PostgresWriteConnection writer =
          new PostgresWriteConnection(database, Duration.ofMillis(200))) {
        assertThat(writer.begin(Durability.TURN)).isFalse();
        writer.sql().update("INSERT INTO cursors VALUES ('a', 1)");
        proxy.cut(Cut.AFTER_COMMIT);
        proxy.refuse();
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(writer::commit)
            .withMessageContaining("look at what is stored before you try again")
            .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
      }
    }
  }

  private static String through(TestingProxy proxy, String url) {
    return url.replace(":" + TestingPostgres.port(), ":" + proxy.port())
        + "&prepareThreshold=0&sslmode=disable&gssEncMode=disable";
  }

  @Test
  void nothingIsLostOrDoubledWhileConnectionsEnd() throws Exception {
    int callers = 6;
    int rounds = 12;
    try (Store store = TestingPostgres.open(home, Clock.systemUTC());
        Store other = TestingPostgres.open(home, Clock.systemUTC());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      SessionId id = TestingEvents.create(store.sessions());
      AtomicBoolean done = new AtomicBoolean();
      List<Future<List<String>>> writers = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        String name = "caller " + caller + " event ";
        Store mine = caller % 2 == 0 ? store : other;
        writers.add(
            threads.submit(
                () -> {
                  List<String> kept = new ArrayList<>();
                  for (int i = 0; !done.get(); i++) {
                    try {
                      mine.sessions().append(id, quick(name + i));
                      kept.add(name + i);
                    } catch (StoreException e) {
                      assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.UNAVAILABLE);
                    }
                  }
                  return kept;
                }));
      }
      for (int i = 0; i < rounds; i++) {
        long before = TestingPostgres.number(home, "SELECT number FROM turn");
        while (TestingPostgres.number(home, "SELECT number FROM turn") < before + 3) {
          Thread.onSpinWait();
        }
        TestingPostgres.endConnections(home);
      }
      done.set(true);
      List<String> acknowledged = new ArrayList<>();
      for (Future<List<String>> writer : writers) {
        acknowledged.addAll(writer.get());
      }
      List<String> stored = texts(store.sessions().readAll(id));
      assertThat(stored).doesNotHaveDuplicates().containsAll(acknowledged);
      assertThat(acknowledged).isNotEmpty();
      // One that failed was told so: nothing was stored without its caller's knowledge.
      assertThat(stored).hasSameSizeAs(acknowledged);
      assertThat(sequences(store.sessions().readAll(id)))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, stored.size()).boxed().toList());
      assertThat(store.verify(id).broken()).isEmpty();
    }
  }

  @Test
  void aNodeThatStandsStillInATransactionLosesIt() throws Exception {
    String url = TestingPostgres.url(home);
    PostgresDatabase database = new PostgresDatabase(url, new Properties(), Optional.empty());
    try (Store store = TestingPostgres.open(home, Clock.systemUTC());
        PostgresWriteConnection paused = new PostgresWriteConnection(database)) {
      SessionId id = TestingEvents.create(store.sessions(), "one");
      assertThat(paused.begin(Durability.TURN)).isFalse();
      paused.sql().update("UPDATE cursors SET position = 1");
      // Waits until the server has thrown the other one out.
      store.sessions().append(id, append("two"));
      assertThat(texts(store.sessions().readAll(id))).containsExactly("one", "two");
      assertThat(paused.commit()).isFalse();
    }
  }
}
