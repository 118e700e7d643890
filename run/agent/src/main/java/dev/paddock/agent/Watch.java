package dev.paddock.agent;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Beside the loop: keeps its lease, and cuts running work when an interrupt comes in, from this
 * process or another, when time is up, or when the lease is lost.
 */
final class Watch implements AutoCloseable {
  private static final int PAGE = 256;

  private final String self;
  private final Subscription subscription;
  private final HeldLease lease;
  private final Clock clock;
  private final Duration tick;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private CompletableFuture<Cut> armed = new CompletableFuture<>();
  private Optional<Instant> deadline = Optional.empty();
  private long interruptedAt;
  private volatile long newest;
  private volatile Consumer<LogEntry> others = entry -> {};
  private volatile boolean closed;

  Watch(
      Sessions sessions,
      SessionId id,
      long afterSequence,
      HeldLease lease,
      Clock clock,
      Duration tick) {
    this.self = id.threadId();
    this.subscription = sessions.subscribe(id, afterSequence);
    this.lease = lease;
    this.clock = clock;
    this.tick = tick;
    Thread.ofVirtual().name("watch-" + id).start(this::run);
  }

  /**
   * Completes when the work that starts now, knowing the log up to {@code sequence}, has to end; at
   * once when it has to already.
   */
  synchronized CompletableFuture<Cut> arm(long sequence, Optional<Instant> until) {
    armed = new CompletableFuture<>();
    deadline = until;
    if (ended.isCompletedExceptionally()) {
      armed.completeExceptionally(ended.exceptionNow());
    } else if (interruptedAt > sequence) {
      armed.complete(Cut.INTERRUPT);
    }
    check();
    return armed;
  }

  private void run() {
    long renewEvery = lease.ttl().dividedBy(3).toNanos();
    long renewed = System.nanoTime();
    try {
      while (!closed) {
        for (LogEntry entry : subscription.next(PAGE, tick)) {
          see(entry);
          if (entry.event() instanceof SessionEvent.UserInterrupt interrupt && !isOwn(interrupt)) {
            others.accept(entry);
          }
        }
        if (!closed && System.nanoTime() - renewed > renewEvery) {
          lease.renew();
          renewed = System.nanoTime();
        }
        check();
      }
      ended.complete(null);
    } catch (InterruptedException e) {
      ended.complete(null);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Is told at once of interrupts that are meant for another thread than this one. */
  void tellOthers(Consumer<LogEntry> interrupted) {
    others = interrupted;
  }

  private boolean isOwn(SessionEvent.UserInterrupt interrupt) {
    return interrupt.threadId().filter(id -> !id.equals(self)).isEmpty();
  }

  /** The sequence of the newest entry that was noticed here. */
  long newest() {
    return newest;
  }

  private synchronized void see(LogEntry entry) {
    newest = entry.sequence();
    boolean interrupts =
        entry.event() instanceof SessionEvent.UserInterrupt interrupt && isOwn(interrupt);
    if (interrupts || entry.event() instanceof SessionEvent.StatusTerminated) {
      interruptedAt = entry.sequence();
      armed.complete(Cut.INTERRUPT);
    }
  }

  private synchronized void check() {
    if (lease.lost()) {
      armed.complete(Cut.LEASE_LOST);
    }
    if (deadline.isPresent() && !clock.instant().isBefore(deadline.get())) {
      armed.complete(Cut.OUT_OF_TIME);
    }
  }

  private synchronized void fail(RuntimeException e) {
    ended.completeExceptionally(e);
    armed.completeExceptionally(e);
  }

  @Override
  public void close() {
    closed = true;
    subscription.close();
  }
}
