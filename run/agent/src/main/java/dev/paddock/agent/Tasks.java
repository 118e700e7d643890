package dev.paddock.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work on threads of their own, each with a time limit, all of them ended early by a cut.
 * A piece that is ended early has {@code grace} to end by itself; one that does not is left behind.
 * One thread starts the pieces and waits for them.
 */
final class Tasks<K, T> implements AutoCloseable {
  /** Platform threads: the work may compute, and then would hold up virtual ones. */
  private static final ExecutorService WORKERS =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("paddock-work-", 0).factory());

  private final CompletableFuture<Cut> cut;
  private final int parallel;
  private final Duration grace;
  private final BlockingQueue<Optional<Ended<K, T>>> queue = new LinkedBlockingQueue<>();
  private final Deque<Piece> waiting = new ArrayDeque<>();
  private final Map<K, Piece> running = new LinkedHashMap<>();

  Tasks(CompletableFuture<Cut> cut, int parallel, Duration grace) {
    this.cut = cut;
    this.parallel = parallel;
    this.grace = grace;
    CompletableFuture<Cut> _ = cut.whenComplete((_, _) -> queue.add(Optional.empty()));
  }

  /** A piece that ended: with a value, or with why it has none. */
  record Ended<K, T>(K key, @Nullable T value, @Nullable Throwable failure) {}

  private final class Piece implements Runnable {
    private final K key;
    private final Duration limit;
    private final Callable<T> work;
    private long deadline;
    private @Nullable Thread worker;
    private volatile @Nullable Exception ended;

    Piece(K key, Duration limit, Callable<T> work) {
      this.key = key;
      this.limit = limit;
      this.work = work;
    }

    void begin() {
      deadline = System.nanoTime() + limit.toNanos();
      WORKERS.execute(this);
    }

    @Override
    public void run() {
      synchronized (this) {
        worker = Thread.currentThread();
        if (ended != null) {
          worker.interrupt();
        }
      }
      Ended<K, T> end = outcome();
      synchronized (this) {
        worker = null;
      }
      // The thread's next piece is not the one that was to be interrupted.
      Thread.interrupted();
      queue.add(Optional.of(end));
    }

    private Ended<K, T> outcome() {
      try {
        return new Ended<>(key, work.call(), null);
      } catch (Throwable e) {
        return new Ended<>(key, null, ended == null ? e : ended);
      }
    }

    /** Asks it to end; nobody waits for it longer than the grace. */
    synchronized void end(Exception why) {
      if (ended == null) {
        ended = why;
        deadline = System.nanoTime() + grace.toNanos();
        if (worker != null) {
          worker.interrupt();
        }
      }
    }
  }

  /** Its time begins when it does: as many as may run side by side do, in this order. */
  void start(K key, Duration limit, Callable<T> work) {
    waiting.add(new Piece(key, limit, work));
    beginWaiting();
  }

  private void beginWaiting() {
    while (running.size() < parallel && !waiting.isEmpty()) {
      Piece piece = waiting.remove();
      running.put(piece.key, piece);
      piece.begin();
    }
  }

  boolean open() {
    return !running.isEmpty() || !waiting.isEmpty();
  }

  /** Waits for the next piece to end; empty when the cut came first. */
  Optional<Ended<K, T>> next() throws InterruptedException {
    while (true) {
      Optional<Ended<K, T>> next = queue.poll(untilDeadline(), TimeUnit.NANOSECONDS);
      if (next == null) {
        next = expired();
        if (next.isEmpty()) {
          continue;
        }
      }
      if (next.isPresent() && running.remove(next.get().key()) == null) {
        continue; // it was left behind
      }
      beginWaiting();
      return next;
    }
  }

  private long untilDeadline() {
    long now = System.nanoTime();
    return running.values().stream()
        .mapToLong(piece -> piece.deadline - now)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Asks pieces whose time is over to end; one that did not in its grace is left behind. */
  private Optional<Ended<K, T>> expired() {
    long now = System.nanoTime();
    for (Piece piece : running.values()) {
      if (piece.deadline - now <= 0) {
        Exception asked = piece.ended;
        if (asked != null) {
          return Optional.of(new Ended<>(piece.key, null, asked));
        }
        piece.end(new TimeoutException());
      }
    }
    return Optional.empty();
  }

  /** Ends what still runs and says how each piece ended. */
  List<Ended<K, T>> end() throws InterruptedException {
    close();
    List<Ended<K, T>> ended = new ArrayList<>();
    while (open()) {
      next().ifPresent(ended::add);
    }
    return ended;
  }

  /** Why the work was ended early; throws what the watch failed with. */
  Cut why() {
    try {
      return cut.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    running.values().forEach(piece -> piece.end(new InterruptedException("ended early")));
    for (Iterator<Piece> all = waiting.iterator(); all.hasNext(); all.remove()) {
      Piece piece = all.next();
      running.put(piece.key, piece);
      queue.add(Optional.of(new Ended<>(piece.key, null, new InterruptedException("not begun"))));
    }
  }
}
