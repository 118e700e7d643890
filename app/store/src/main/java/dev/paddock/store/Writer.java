package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append.Durability;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * The one thread of a process that writes. What arrives while a transaction is being committed goes
 * into the next one together, so that many callers share the price of one commit.
 */
final class Writer implements AutoCloseable {
  private static final int MAX_JOBS = 256;
  private static final int MAX_BYTES = 8 << 20;

  private final Database database;
  private final SqlConnection sql;
  private final Transaction transaction;
  private final LogSync sync;
  private final Consumer<Set<SessionId>> committed;
  private final LinkedBlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private Durability setting = Durability.ACKNOWLEDGED;

  /** {@code committed} hears which sessions each transaction changed. */
  Writer(Database database, SqlConnection sql, LogSync sync, Consumer<Set<SessionId>> committed) {
    this.database = database;
    this.sql = sql;
    this.transaction = new Transaction(sql);
    this.sync = sync;
    this.committed = committed;
    this.thread = Thread.ofPlatform().daemon().name("paddock-store-writer").start(this::run);
  }

  /**
   * What to do inside a transaction. It runs again when the transaction it shared was rolled back
   * because of another's failure.
   */
  interface Work<T> {
    T run(Transaction transaction) throws SQLException;
  }

  /** Waits until the work is committed with that durability. */
  <T> T write(Durability durability, Work<T> work) {
    return write(durability, 0, work);
  }

  /** {@code bytes} is about how much it writes, so that a transaction stays bounded. */
  <T> T write(Durability durability, int bytes, Work<T> work) {
    Job<T> job = new Job<>(durability, bytes, work);
    queue.add(job);
    if (closed && queue.remove(job)) {
      throw closedException();
    }
    return job.await();
  }

  private void run() {
    try {
      while (true) {
        List<Job<?>> batch = take();
        if (batch.isEmpty()) {
          return;
        }
        commit(batch);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the writer", e);
    } finally {
      closed = true;
      queue.forEach(job -> job.fail(closedException()));
    }
  }

  /** None means that the writer was closed and nothing is left to do. */
  private List<Job<?>> take() throws InterruptedException {
    List<Job<?>> batch = new ArrayList<>();
    Job<?> next = closed ? queue.poll() : queue.take();
    int bytes = 0;
    while (next != null) {
      batch.add(next);
      bytes += next.bytes();
      next = batch.size() < MAX_JOBS && bytes < MAX_BYTES ? queue.poll() : null;
    }
    return batch;
  }

  private void commit(List<Job<?>> batch) {
    try {
      sync.check();
      set(
          batch.stream().anyMatch(job -> job.durability() == Durability.ACKNOWLEDGED)
              ? Durability.ACKNOWLEDGED
              : Durability.TURN);
      database.begin(sql);
      transaction.begun();
      for (Job<?> job : batch) {
        transaction.mark();
        job.run(transaction, database);
        if (job.failed() && transaction.wroteSinceMark()) {
          undo();
          finishApart(batch);
          return;
        }
      }
      sql.execute("COMMIT");
    } catch (SQLException | RuntimeException e) {
      abandon(batch, e);
      return;
    }
    switch (setting) {
      case TURN -> sync.later();
      case ACKNOWLEDGED -> sync.done();
    }
    committed.accept(transaction.changed());
    batch.forEach(Job::finish);
  }

  /** One of them spoilt the transaction of all: the others get one of their own each. */
  private void finishApart(List<Job<?>> batch) {
    for (Job<?> job : batch) {
      if (job.failed()) {
        job.finish();
      } else {
        commit(List.of(job));
      }
    }
  }

  private void abandon(List<Job<?>> batch, Exception reason) {
    Exception told =
        reason instanceof SQLException e ? SqliteErrors.translate(e, database.file()) : reason;
    try {
      undo();
    } catch (SQLException e) {
      told.addSuppressed(e);
    }
    batch.forEach(job -> job.fail(told));
  }

  private void undo() throws SQLException {
    transaction.forget();
    Database.rollback(sql);
  }

  /** Not possible inside a transaction; see https://sqlite.org/pragma.html#pragma_synchronous. */
  private void set(Durability durability) throws SQLException {
    if (setting != durability) {
      sql.run(
          switch (durability) {
            case TURN -> "PRAGMA synchronous = NORMAL";
            case ACKNOWLEDGED -> "PRAGMA synchronous = FULL";
          });
      setting = durability;
    }
  }

  private StoreException closedException() {
    return new StoreException(
        ErrorCode.UNAVAILABLE, "the store at %s is closed".formatted(database.file()));
  }

  /** Writes what is queued, then ends. */
  @Override
  public void close() {
    closed = true;
    queue.add(new Job<>(Durability.TURN, 0, transaction -> true));
    Threads.join(thread);
  }
}
