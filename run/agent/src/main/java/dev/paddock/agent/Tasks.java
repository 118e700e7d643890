package dev.paddock.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work on threads of their own, each with a time limit, all of them ended early by a cut.
 * A piece that is ended early has {@code grace} to end by itself; one that does not is left behind.
 */
final class Tasks<K, T> implements AutoCloseable {
  private final CompletableFuture<Cut> cut;
  private final Semaphore slots;
  private final Duration grace;
  private final BlockingQueue<Optional<Ended<K, T>>> queue = new LinkedBlockingQueue<>();
  private final Map<K, Thread> running = new HashMap<>();

  Tasks(CompletableFuture<Cut> cut, int parallel, Duration grace) {
    this.cut = cut;
    this.slots = new Semaphore(parallel);
    this.grace = grace;
    CompletableFuture<Cut> _ = cut.whenComplete((_, _) -> queue.add(Optional.empty()));
  }

  /** A piece that ended: with a value, or with why it has none. */
  record Ended<K, T>(K key, @Nullable T value, @Nullable Throwable failure) {}

  void start(K key, Duration limit, Callable<T> work) {
    Thread supervisor =
        Thread.ofVirtual().start(() -> queue.add(Optional.of(supervise(key, limit, work))));
    running.put(key, supervisor);
  }

  boolean open() {
    return !running.isEmpty();
  }

  /** Waits for the next piece to end; empty when the cut came first. */
  Optional<Ended<K, T>> next() throws InterruptedException {
    Optional<Ended<K, T>> next = queue.take();
    next.ifPresent(ended -> running.remove(ended.key()));
    return next;
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

  /** The work has a platform thread: it may compute, and then would hold up virtual ones. */
  private Ended<K, T> supervise(K key, Duration limit, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    try {
      slots.acquire();
    } catch (InterruptedException e) {
      return new Ended<>(key, null, e);
    }
    Thread worker = Thread.ofPlatform().daemon().name("work-" + key).start(task);
    try {
      return new Ended<>(key, task.get(limit.toNanos(), TimeUnit.NANOSECONDS), null);
    } catch (ExecutionException e) {
      return new Ended<>(key, null, e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      worker.interrupt();
      return lastWords(key, task, e);
    } finally {
      slots.release();
    }
  }

  private Ended<K, T> lastWords(K key, FutureTask<T> task, Exception why) {
    try {
      return new Ended<>(key, task.get(grace.toNanos(), TimeUnit.NANOSECONDS), null);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      return new Ended<>(key, null, why);
    }
  }

  @Override
  public void close() {
    running.values().forEach(Thread::interrupt);
  }
}
