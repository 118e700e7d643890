package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.store.Writer.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class WriterTest {
  private final CountDownLatch forced = new CountDownLatch(1);
  private final AtomicInteger commits = new AtomicInteger();
  private boolean diskFails;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @SuppressWarnings("NullAway.Init")
  private WriteConnection connection;

  @SuppressWarnings("NullAway.Init")
  private LogSync sync;

  @SuppressWarnings("NullAway.Init")
  private Writer writer;

  @BeforeEach
  void open() {
    SqliteDatabase database = new SqliteDatabase(home.resolve(SqliteDatabase.NAME));
    sync = new LogSync(database.wal(), this::force);
    connection = new SqliteWriteConnection(database, database.openPrepared(), sync);
    writer = new Writer(database, connection, changed -> commits.incrementAndGet());
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    connection.close();
  }

  private void force() throws IOException {
    forced.countDown();
    if (diskFails) {
      throw new IOException("bad block");
    }
  }

  private static Work<Integer> cursor(String name) {
    return tx -> tx.update("INSERT INTO cursors VALUES (?, 1)", name);
  }

  private long count() throws Exception {
    return TestingSql.number(home, "SELECT count(*) FROM cursors");
  }

  /** Queues all behind a job that blocks the writer, so that they share a transaction. */
  private List<Future<Integer>> together(ExecutorService threads, List<Work<Integer>> works)
      throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<Integer> blocker =
        threads.submit(
            () ->
                writer.write(
                    Durability.TURN,
                    tx -> {
                      started.countDown();
                      TestingLatch.await(go);
                      return 0;
                    }));
    started.await();
    List<Future<Integer>> results = new ArrayList<>();
    List<Thread> callers = new ArrayList<>();
    for (Work<Integer> work : works) {
      CountDownLatch calling = new CountDownLatch(1);
      results.add(
          threads.submit(
              () -> {
                callers.add(Thread.currentThread());
                calling.countDown();
                return writer.write(Durability.TURN, work);
              }));
      calling.await();
      TestingLatch.awaitWaiting(callers.getLast());
    }
    go.countDown();
    assertThat(blocker.get()).isZero();
    return results;
  }

  @Test
  void callersShareACommit() throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Work<Integer>> works = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        works.add(cursor("cursor " + i));
      }
      for (Future<Integer> result : together(threads, works)) {
        assertThat(result.get()).isEqualTo(1);
      }
    }
    assertThat(commits).hasValue(2);
    assertThat(count()).isEqualTo(20);
  }

  @Test
  void aFailureUndoesOnlyItsOwnWork() throws Exception {
    Work<Integer> failing =
        tx -> {
          tx.update("INSERT INTO cursors VALUES ('half done', 1)");
          throw new StoreException(ErrorCode.CONFLICT, "changed its mind");
        };
    Work<Integer> harmless =
        tx -> {
          throw new StoreException(ErrorCode.NOT_FOUND, "wrote nothing");
        };
    Work<Integer> bug =
        tx -> {
          throw new IllegalArgumentException("a bug");
        };
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Integer>> results =
          together(threads, List.of(cursor("a"), harmless, cursor("b"), failing, bug, cursor("c")));
      for (int ok : new int[] {0, 2, 5}) {
        assertThat(results.get(ok).get()).isEqualTo(1);
      }
      assertThatExceptionOfType(Exception.class)
          .isThrownBy(() -> results.get(1).get())
          .withMessageContaining("wrote nothing");
      assertThatExceptionOfType(Exception.class)
          .isThrownBy(() -> results.get(3).get())
          .withMessageContaining("changed its mind");
      assertThatExceptionOfType(Exception.class)
          .isThrownBy(() -> results.get(4).get())
          .withMessageContaining("a bug");
    }
    assertThat(count()).isEqualTo(3);
    assertThat(TestingSql.number(home, "SELECT count(*) FROM cursors WHERE name = 'half done'"))
        .isZero();
  }

  @Test
  void aQuickWriteIsForcedToDiskSoon() throws InterruptedException {
    writer.write(Durability.TURN, cursor("a"));
    forced.await();
  }

  @Test
  void nothingIsWrittenAfterTheDiskFailed() throws Exception {
    diskFails = true;
    writer.write(Durability.TURN, cursor("a"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(sync::close)
        .withMessageContaining("bad block");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> writer.write(Durability.ACKNOWLEDGED, cursor("b")))
        .withMessageContaining("bad block")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void waitsForAnotherProcessThatWrites() throws Exception {
    try (SqlConnection other = new SqliteDatabase(home.resolve(SqliteDatabase.NAME)).openWriter();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      other.execute("BEGIN IMMEDIATE");
      Future<Integer> waiting = threads.submit(() -> writer.write(Durability.TURN, cursor("a")));
      other.update("INSERT INTO cursors VALUES ('other', 1)");
      assertThat(waiting.isDone()).isFalse();
      other.execute("COMMIT");
      assertThat(waiting.get()).isEqualTo(1);
    }
    assertThat(count()).isEqualTo(2);
  }
}
