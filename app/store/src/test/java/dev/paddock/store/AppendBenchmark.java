package dev.paddock.store;

import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Append.Durability;
import dev.paddock.core.spi.NewSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends a second beside raw SQLite: the same driver, pragmas, table and row, one row a
 * transaction. Raw and store take turns in one run; the best of several rounds counts for each.
 */
public final class AppendBenchmark {
  private static final int ROUNDS = 3;
  private static final String TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(6);

  private AppendBenchmark() {}

  private interface Appender {
    void append(int number) throws SQLException;
  }

  /** Arguments: the folder to work in (default: a temporary one). */
  public static void main(String[] args) throws Exception {
    Path folder =
        args.length > 0
            ? Files.createDirectories(Path.of(args[0]))
            : Files.createTempDirectory("paddock-append");
    System.out.printf(
        "%-14s %-20s %12s %12s %7s%n", "durability", "callers", "raw/s", "store/s", "ratio");
    raw(Files.createTempDirectory(folder, "warm"), Durability.TURN, 1);
    store(Files.createTempDirectory(folder, "warm"), Durability.TURN, 1);
    for (Durability durability : Durability.values()) {
      for (int callers : new int[] {1, 64}) {
        double raw = 0;
        double store = 0;
        for (int round = 0; round < ROUNDS; round++) {
          raw = Math.max(raw, raw(Files.createTempDirectory(folder, "raw"), durability, callers));
          store =
              Math.max(
                  store, store(Files.createTempDirectory(folder, "store"), durability, callers));
        }
        System.out.printf(
            "%-14s %-20s %,12.0f %,12.0f %6.2fx%n",
            durability,
            callers == 1 ? "1 thread" : callers + " virtual threads",
            raw,
            store,
            store / raw);
      }
    }
  }

  private static int count(Durability durability, int callers) {
    return switch (durability) {
      case TURN -> 6_400;
      case ACKNOWLEDGED -> callers == 1 ? 200 : 640;
    };
  }

  private static double store(Path home, Durability durability, int callers) throws Exception {
    try (Store store = SqliteStore.open(home)) {
      SessionId id =
          store
              .sessions()
              .create(
                  new NewSession(SessionId.next(), WorkspaceId.DEFAULT, Json.object(), List.of()))
              .id();
      return rate(
          durability,
          callers,
          number ->
              store
                  .sessions()
                  .append(
                      id,
                      new Append(
                          List.of(TestingEvents.message(TEXT)),
                          Optional.empty(),
                          Optional.empty(),
                          Optional.empty(),
                          durability)));
    }
  }

  private static double raw(Path home, Durability durability, int callers) throws Exception {
    SqliteStore.open(home).close();
    EncodedEvent event = EncodedEvent.of(TestingEvents.message(TEXT), Instant.now());
    String id = event.record().event().id().value();
    ReentrantLock lock = new ReentrantLock();
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + home.resolve(Database.NAME))) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "PRAGMA synchronous = " + (durability == Durability.TURN ? "NORMAL" : "FULL"));
        statement.execute("PRAGMA secure_delete = ON");
      }
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO events VALUES (?, 1, ?, ?, 'agent.message', ?, 'system:paddock', NULL, ?, ?, ?, NULL)")) {
        return rate(
            durability,
            callers,
            number -> {
              lock.lock();
              try {
                insert.setLong(1, number);
                insert.setLong(2, number);
                insert.setString(3, id + number);
                insert.setLong(4, 1_700_000_000_000L + number);
                insert.setBytes(5, event.stored().array());
                insert.setBytes(6, event.digest().array());
                insert.setBytes(7, event.digest().array());
                insert.executeUpdate();
              } finally {
                lock.unlock();
              }
            });
      }
    }
  }

  private static double rate(Durability durability, int callers, Appender appender)
      throws Exception {
    int count = count(durability, callers);
    int each = count / callers;
    long start = System.nanoTime();
    if (callers == 1) {
      for (int i = 1; i <= count; i++) {
        appender.append(i);
      }
    } else {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> done = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
          int first = caller * each + 1;
          done.add(
              threads.submit(
                  () -> {
                    for (int i = first; i < first + each; i++) {
                      appender.append(i);
                    }
                    return true;
                  }));
        }
        for (Future<?> one : done) {
          one.get();
        }
      }
    }
    return (double) each * callers * 1e9 / (System.nanoTime() - start);
  }
}
