package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append.Durability;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The one writer of a process. What arrives while a transaction is being committed goes into the
 * next one together, so that many callers share the price of one commit. A caller that finds nobody
 * writing does it itself, which spares two thread switches; but a virtual thread that waits for the
 * disk would keep its carrier waiting, so that a thread does it for those, and for all who find
 * somebody writing.
 */
final class Writer implements AutoCloseable {
  private static final int MAX_JOBS = 256;
  private static final int MAX_BYTES = 8 << 20;

  private final Database database;
  private final WriteConnection connection;
  private final Transaction transaction;
  private final Consumer<Map<SessionId, List<LogEntry>>> committed;
  private final ConcurrentLinkedQueue<Job<?>> queue = new ConcurrentLinkedQueue<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Thread thread;
  private volatile boolean closed;

  /** {@code committed} hears what each transaction appended to which sessions, or changed there. */
  Writer(
      Database database,
      WriteConnection connection,
      Consumer<Map<SessionId, List<LogEntry>>> committed) {
    this.database = database;
    this.connection = connection;
    this.transaction = new Transaction(database, connection);
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
    if (turn.tryLock()) {
      try {
        commit(Thread.currentThread().isVirtual() ? quick(job) : next());
      } finally {
        turn.unlock();
      }
    }
    if (!queue.isEmpty()) {
      LockSupport.unpark(thread);
    }
    return job.await();
  }

  private void run() {
    while (!closed || !queue.isEmpty()) {
      if (queue.isEmpty()) {
        LockSupport.park(this);
      }
      commitNext();
    }
  }

  private void commitNext() {
    turn.lock();
    try {
      commit(next());
    } finally {
      turn.unlock();
    }
  }

  /** The job itself, if it is alone and nobody waits for the disk. */
  private List<Job<?>> quick(Job<?> job) {
    return connection.waitsForNothing(job.durability()) && queue.peek() == job
        ? List.of(queue.remove())
        : List.of();
  }

  private List<Job<?>> next() {
    List<Job<?>> batch = new ArrayList<>();
    long bytes = 0;
    while (batch.size() < MAX_JOBS && bytes < MAX_BYTES) {
      Job<?> job = queue.poll();
      if (job == null) {
        break;
      }
      batch.add(job);
      bytes += job.bytes();
    }
    return batch;
  }

  private void commit(List<Job<?>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      do {
        if (!run(batch)) {
          return;
        }
      } while (!connection.commit());
    } catch (SQLException | RuntimeException | Error e) {
      abandon(batch, e);
      return;
    }
    committed.accept(transaction.changed());
    batch.forEach(Job::finish);
  }

  /** False when it was given up and each caller has been answered. */
  private boolean run(List<Job<?>> batch) throws SQLException {
    transaction.begin(
        batch.stream().anyMatch(job -> job.durability() == Durability.ACKNOWLEDGED)
            ? Durability.ACKNOWLEDGED
            : Durability.TURN);
    for (Job<?> job : batch) {
      transaction.mark();
      job.run(transaction, database);
      if (job.failed() && transaction.touchedSinceMark()) {
        undo();
        finishApart(batch);
        return false;
      }
    }
    return true;
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

  private void abandon(List<Job<?>> batch, Throwable reason) {
    Throwable told = reason instanceof SQLException e ? database.translate(e) : reason;
    try {
      undo();
    } catch (SQLException e) {
      told.addSuppressed(e);
    }
    batch.forEach(job -> job.fail(told));
  }

  private void undo() throws SQLException {
    transaction.forget();
    connection.rollback();
  }

  private StoreException closedException() {
    return new StoreException(
        ErrorCode.UNAVAILABLE, "the store at %s is closed".formatted(database));
  }

  /** Writes what is queued, then ends. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.join(thread);
    // A caller may be committing still: this waits for its turn to end.
    commitNext();
  }
}
