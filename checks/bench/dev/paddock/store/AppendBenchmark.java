package dev.paddock.store;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Append.Durability;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
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
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends a second beside raw SQLite and raw PostgreSQL (a server of its own, forcing its disk): the
 * same driver, settings, table and row, one row a transaction. The raw row is made once; the store makes ids, JSON, digests and links as well. Both
 * take turns in one run, and the best of several short rounds counts for each.
 */
public final class AppendBenchmark {
  private static final int ROUNDS = 12;
  private static final String TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(6);

  private static final String INSERT =
      "INSERT INTO events VALUES (?, 1, ?, ?, 'agent.message', ?, 'system:paddock', NULL, ?, ?, ?, NULL)";

  private AppendBenchmark() {}

  private interface Appender {
    void append() throws SQLException;
  }

  /** Arguments: the folder to work in (default: a temporary one). */
  public static void main(String[] args) throws Exception {
    Path folder =
        args.length > 0
            ? Files.createDirectories(Path.of(args[0]))
            : Files.createTempDirectory("paddock-append");
    sqlite(folder);
    postgres(folder);
  }

  /** SQLite alone, under a head line. */
  public static void sqlite(Path folder) throws Exception {
    System.out.printf(
        "%-10s %-14s %-20s %12s %12s %7s%n",
        "database", "durability", "callers", "raw/s", "store/s", "ratio");
    for (Durability durability : Durability.values()) {
      Path rawHome = Files.createTempDirectory(folder, "raw");
      SqliteStore.open(rawHome).close();
      try (Store store = SqliteStore.open(Files.createTempDirectory(folder, "store"));
          Connection connection =
              DriverManager.getConnection("jdbc:sqlite:" + rawHome.resolve(SqliteDatabase.NAME));
          PreparedStatement insert = prepare(connection, durability)) {
        compare("SQLite", durability, raw(insert), store(store, durability));
      }
    }
  }

  private static void postgres(Path folder) throws Exception {
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .start()) {
      String url = server.getJdbcUrl("postgres", "postgres");
      try (Connection raw = DriverManager.getConnection(url);
          Statement statement = raw.createStatement()) {
        statement.execute("CREATE SCHEMA raw");
        statement.execute("CREATE SCHEMA store");
        PostgresStore.open(url + "&currentSchema=raw", new Properties(), folder).close();
        statement.execute("SET search_path = raw");
        try (Store store =
                PostgresStore.open(url + "&currentSchema=store", new Properties(), folder);
            PreparedStatement insert = raw.prepareStatement(INSERT)) {
          compare("PostgreSQL", Durability.ACKNOWLEDGED, raw(insert), store(store, Durability.ACKNOWLEDGED));
        }
      }
    }
  }

  private static void compare(
      String database, Durability durability, Appender raw, Appender store) throws Exception {
    for (int callers : new int[] {1, 64}) {
      int count = durability == Durability.TURN ? 1920 : 128;
      rate(raw, callers, 2 * count);
      rate(store, callers, 2 * count);
      double bestRaw = 0;
      double bestStore = 0;
      for (int round = 0; round < ROUNDS; round++) {
        bestRaw = Math.max(bestRaw, rate(raw, callers, count));
        bestStore = Math.max(bestStore, rate(store, callers, count));
      }
      System.out.printf(
          "%-10s %-14s %-20s %,12.0f %,12.0f %6.2fx%n",
          database,
          durability,
          callers == 1 ? "1 thread" : callers + " virtual threads",
          bestRaw,
          bestStore,
          bestStore / bestRaw);
    }
  }

  private static Appender store(Store store, Durability durability) {
    SessionId id = SessionId.next();
    store
        .sessions()
        .create(new NewSession(id, WorkspaceId.DEFAULT, Json.object(), List.of()));
    return switch (durability) {
      case TURN -> () -> store.sessions().append(id, quick());
      case ACKNOWLEDGED ->
          () -> store.sessions().append(id, Append.acknowledged(message()));
    };
  }

  private static PreparedStatement prepare(Connection connection, Durability durability)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA secure_delete = ON");
      statement.execute(
          switch (durability) {
            case TURN -> "PRAGMA synchronous = NORMAL";
            case ACKNOWLEDGED -> "PRAGMA synchronous = FULL";
          });
    }
    return connection.prepareStatement(INSERT);
  }

  private static Appender raw(PreparedStatement insert) {
    EncodedEvent event = EncodedEvent.of(message(), Instant.now());
    String id = event.record().event().id().value();
    AtomicInteger number = new AtomicInteger(100_000_000);
    ReentrantLock lock = new ReentrantLock();
    return () -> {
      lock.lock();
      try {
        int next = number.incrementAndGet();
        insert.setLong(1, next);
        insert.setLong(2, next);
        insert.setString(3, id.substring(0, 22) + next);
        insert.setLong(4, 1_700_000_000_000L + next);
        insert.setBytes(5, event.stored().array());
        insert.setBytes(6, event.digest().array());
        insert.setBytes(7, event.digest().array());
        insert.executeUpdate();
      } finally {
        lock.unlock();
      }
    };
  }

  /** Appends a second. */
  private static double rate(Appender appender, int callers, int count) throws Exception {
    int each = count / callers;
    long start = System.nanoTime();
    if (callers == 1) {
      repeat(appender, each);
    } else {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Integer>> done = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
          done.add(threads.submit(() -> repeat(appender, each)));
        }
        for (Future<Integer> one : done) {
          one.get();
        }
      }
    }
    return (double) each * callers * 1e9 / (System.nanoTime() - start);
  }

  private static int repeat(Appender appender, int times) throws SQLException {
    for (int i = 0; i < times; i++) {
      appender.append();
    }
    return times;
  }

  private static NewEvent message() {
    return NewEvent.of(
        new SessionEvent.AgentMessage(EventId.next(), List.of(ContentBlock.text(TEXT))));
  }

  private static Append quick() {
    return Append.acknowledged(message()).with(Durability.TURN);
  }
}
