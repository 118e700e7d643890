package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.message;
import static dev.paddock.store.TestingEvents.quick;
import static dev.paddock.store.TestingEvents.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionFilter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What PostgreSQL does that the contracts do not ask for, and several nodes on one of it. */
@Timeout(120)
final class PostgresStoreTest {
  private final TestingClock clock = new TestingClock();

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @BeforeEach
  void open() {
    store = TestingPostgres.open(home, clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void assertFails(ErrorCode code, String words, Runnable action) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(action::run)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void readersMeetNoGapWhileNodesAppend() throws Exception {
    int nodes = 3;
    int each = 60;
    long total = (long) nodes * each * 2;
    SessionId shared = TestingEvents.create(store.sessions());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean done = new AtomicBoolean();
      Future<List<Long>> reader =
          threads.submit(
              () -> {
                List<Long> seen = new ArrayList<>();
                while (seen.size() < total && !done.get()) {
                  long after = seen.isEmpty() ? 0 : seen.getLast();
                  store.sessions().readStore(after, 7).stream()
                      .map(LogEntry::position)
                      .forEach(seen::add);
                }
                return seen;
              });
      List<Future<SessionId>> writers = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        writers.add(
            threads.submit(
                () -> {
                  try (Store mine = TestingPostgres.open(home, clock)) {
                    SessionId own = TestingEvents.create(mine.sessions());
                    for (int i = 0; i < each; i++) {
                      mine.sessions().append(shared, quick("shared"));
                      mine.sessions().append(own, append("own"));
                    }
                    return own;
                  }
                }));
      }
      try {
        for (Future<SessionId> writer : writers) {
          assertThat(store.verify(writer.get()).entries()).isEqualTo(each);
        }
      } catch (Throwable e) {
        done.set(true);
        throw e;
      }
      assertThat(reader.get())
          .containsExactlyElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
    }
    assertThat(store.verify(shared).entries()).isEqualTo((long) nodes * each);
  }

  @Test
  void leasesGoByTheServersClock() {
    TestingClock late = new TestingClock();
    late.advance(Duration.ofDays(1));
    TestingClock early = new TestingClock();
    early.advance(Duration.ofDays(-1));
    try (Store one = TestingPostgres.openWithServerClock(home, early);
        Store two = TestingPostgres.openWithServerClock(home, late)) {
      Lease lease = one.leases().acquire("run", "one", Duration.ofHours(1)).orElseThrow();
      assertThat(two.leases().acquire("run", "two", Duration.ofHours(1))).isEmpty();
      Lease taken = two.leases().acquire("other", "two", Duration.ofHours(1)).orElseThrow();
      assertThat(one.leases().acquire("other", "one", Duration.ofHours(1))).isEmpty();
      assertThat(Duration.between(lease.expiresAt(), taken.expiresAt()).abs())
          .isLessThan(Duration.ofMinutes(10));
    }
  }

  @Test
  void aNodeWhoseLeaseWasTakenAppendsNothing() {
    SessionId id = TestingEvents.create(store.sessions());
    Lease first = store.leases().acquire("run", "one", Duration.ofSeconds(10)).orElseThrow();
    store.sessions().append(id, Append.turn(first, List.of(message("one").event())));
    clock.advance(Duration.ofSeconds(11));
    try (Store other = TestingPostgres.open(home, clock)) {
      Lease second = other.leases().acquire("run", "two", Duration.ofSeconds(10)).orElseThrow();
      assertThat(second.epoch()).isEqualTo(2);
      assertFails(
          ErrorCode.CONFLICT,
          "epoch 1",
          () -> store.sessions().append(id, Append.turn(first, List.of(message("x").event()))));
      assertThat(store.leases().renew(first, Duration.ofSeconds(10))).isEmpty();
      other.sessions().append(id, Append.turn(second, List.of(message("two").event())));
    }
    assertThat(texts(store.sessions().readAll(id))).containsExactly("one", "two");
  }

  @Test
  void aChangedEventBreaksTheChain() {
    SessionId id = TestingEvents.create(store.sessions(), "one", "two", "three");
    TestingPostgres.run(home, "UPDATE events SET digest = stored WHERE sequence = 2");
    assertThat(store.verify(id).broken().orElseThrow().sequence()).isEqualTo(2);
    SessionId cut = TestingEvents.create(store.sessions(), "one", "two");
    TestingPostgres.run(
        home,
        "DELETE FROM events WHERE sequence = 2 AND id IN (SELECT id FROM events"
            + " WHERE session = (SELECT max(number) FROM sessions))");
    assertThat(store.verify(cut).broken().orElseThrow().reason()).contains("missing");
  }

  @Test
  void redactsAndTellsSo() {
    NewEvent secret = message("the secret");
    SessionId id = TestingEvents.create(store.sessions(), "before");
    store.sessions().append(id, Append.acknowledged(secret));
    store.redact(id, secret.event().id(), Principal.localUser(), "a password");
    store.redact(id, secret.event().id(), Principal.localUser(), "again");
    assertThat(texts(store.sessions().readAll(id))).hasSize(3).doesNotContain("the secret");
    assertThat(store.verify(id).redactions()).hasSize(1);
    assertThat(store.verify(id).intact()).isTrue();
    TestingPostgres.run(home, "UPDATE events SET redacted_by = NULL");
    assertThat(store.verify(id).intact()).isFalse();
  }

  @Test
  void deletesAndPrunes() {
    String used = store.blobs().put("used".getBytes(UTF_8));
    SessionId old = TestingEvents.create(store.sessions(), "a " + used);
    // The nodes' clocks may differ: a blob put a moment ago stays until the next sweep.
    store.sessions().delete(old);
    assertThat(store.blobs().contains(used)).isTrue();
    SessionId kept = TestingEvents.create(store.sessions(), "kept");
    clock.advance(Duration.ofHours(2));
    store.sessions().append(kept, append("young"));
    TestingEvents.create(store.sessions(), "newest");
    assertThat(store.prune(PruneRule.keepNewest(1))).isEqualTo(new Pruned(1, 1, 4));
    assertThat(store.sessions().list(SessionFilter.newest(9))).hasSize(1);
    assertThat(store.blobs().contains(used)).isFalse();
  }

  @Test
  void saysWhatTheServerCannotDo() {
    SessionId id = TestingEvents.create(store.sessions(), "one");
    TestingPostgres.run(
        home,
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER full_disk BEFORE INSERT ON events EXECUTE FUNCTION fail()");
    assertFails(ErrorCode.DISK_FULL, "space", () -> store.sessions().append(id, append("two")));
    TestingPostgres.run(home, "DROP TRIGGER full_disk ON events");
    store.sessions().append(id, append("three"));
    assertThat(texts(store.sessions().readAll(id))).containsExactly("one", "three");

    String readOnly = TestingPostgres.url(home) + "&options=-c%20default_transaction_read_only=on";
    assertFails(ErrorCode.READ_ONLY, "read-only", () -> PostgresStore.open(readOnly, none(), home));
    assertFails(
        ErrorCode.NOT_FOUND,
        "createdb",
        () ->
            PostgresStore.open(
                TestingPostgres.url(home).replace("/postgres?", "/nowhere?"), none(), home));
    assertFails(
        ErrorCode.UNAVAILABLE,
        "localhost:1/",
        () -> PostgresStore.open("jdbc:postgresql://localhost:1/x?user=x", none(), home));
    assertFails(
        ErrorCode.INVALID_REQUEST, "pg_dump", () -> store.backup(home.resolve("backup.zip")));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "0x00",
        () -> store.resources().create("agent", "a\0b", WorkspaceId.DEFAULT, Json.object()));
  }

  private static Properties none() {
    return new Properties();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    TestingPostgres.run(home, "INSERT INTO paddock_version VALUES (99)");
    assertFails(ErrorCode.NEWER_VERSION, "version 99", () -> TestingPostgres.open(home, clock));
    Path other = home.resolve("foreign");
    String url = TestingPostgres.url(other);
    TestingPostgres.run(other, "CREATE TABLE sessions (mine INTEGER)");
    assertFails(ErrorCode.CONFLICT, "of its own", () -> PostgresStore.open(url, none(), home));
  }

  @Test
  void opensWhatTheAddressNames() {
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "jdbc:postgresql:",
        () -> Stores.open(Optional.of("mysql://secret@host"), home, home));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        "jdbc:postgresql://",
        () ->
            Stores.open(Optional.of("jdbc:postgresql://host:port/x?password=secret"), home, home));
    try (Store sqlite = Stores.open(Optional.empty(), home.resolve("home"), home);
        Store postgres = Stores.open(Optional.of(TestingPostgres.url(home)), home, home)) {
      assertThat(sqlite).isInstanceOf(SqliteStore.class);
      assertThat(postgres.sessions().list(SessionFilter.newest(1))).isEmpty();
    }
  }

  @Test
  void twoFirstStartsAtOnceMakeTheTablesOnce() throws Exception {
    Path fresh = home.resolve("fresh");
    String url = TestingPostgres.url(fresh);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<SessionId>> starts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        starts.add(
            threads.submit(
                () -> {
                  try (Store mine = PostgresStore.open(url, none(), home)) {
                    return TestingEvents.create(mine.sessions(), "x");
                  }
                }));
      }
      for (Future<SessionId> start : starts) {
        assertThat(start.get().value()).startsWith("sesn_");
      }
    }
    assertThat(TestingPostgres.number(fresh, "SELECT count(*) FROM sessions")).isEqualTo(4);
    assertThat(TestingPostgres.number(fresh, "SELECT count(*) FROM paddock_version")).isEqualTo(1);
  }

  @Test
  void findsByIndex() throws Exception {
    TestingPostgres.run(
        home,
        "INSERT INTO sessions (id, workspace, document, created_at) SELECT 'sesn_' || n, 'w',"
            + " '{\"agent\":\"a' || n || '\"}', n FROM generate_series(1, 5000) AS n",
        "ANALYZE sessions");
    assertThat(plan("SELECT * FROM sessions s WHERE s.unfinished = 1 ORDER BY s.number LIMIT 9"))
        .contains("sessions_unfinished");
    assertThat(plan("SELECT * FROM sessions WHERE searchable(document) @> '{\"agent\":\"a7\"}'"))
        .contains("sessions_by_document");
    assertThat(
            plan(
                SqlSessions.RECORD
                    + " WHERE s.parent IS NULL AND s.workspace = 'w' ORDER BY s.number DESC LIMIT 9"))
        .doesNotContain("Seq Scan");
  }

  private String plan(String query) throws Exception {
    StringBuilder plan = new StringBuilder();
    try (Connection connection = TestingPostgres.connect(home);
        Statement run = connection.createStatement();
        ResultSet rows = run.executeQuery("EXPLAIN " + query)) {
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }

  @Test
  void opensWithTheServersClock() {
    try (Store real = PostgresStore.open(TestingPostgres.url(home), none(), home)) {
      Lease lease = real.leases().acquire("x", "me", Duration.ofMinutes(1)).orElseThrow();
      assertThat(lease.expiresAt()).isAfter(Clock.systemUTC().instant());
    }
  }
}
