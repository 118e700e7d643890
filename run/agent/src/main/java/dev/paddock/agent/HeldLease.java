package dev.paddock.agent;

import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Leases;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The lease of the session that is being run, renewed in place. */
final class HeldLease implements AutoCloseable {
  private final Leases leases;
  private final Duration ttl;
  private final AtomicReference<Lease> current;
  private volatile boolean lost;
  private boolean closed;

  private HeldLease(Leases leases, Duration ttl, Lease lease) {
    this.leases = leases;
    this.ttl = ttl;
    this.current = new AtomicReference<>(lease);
  }

  static Optional<HeldLease> take(Leases leases, String name, String holder, Duration ttl) {
    return leases.acquire(name, holder, ttl).map(lease -> new HeldLease(leases, ttl, lease));
  }

  Lease current() {
    return current.get();
  }

  Duration ttl() {
    return ttl;
  }

  boolean lost() {
    return lost;
  }

  /**
   * Asks the store whether it is held still, by the epoch: a process that was only paused finds out
   * here before it does anything.
   */
  boolean stillHeld() {
    Lease mine = current.get();
    return !lost
        && leases
            .find(mine.name())
            .filter(now -> now.epoch() == mine.epoch() && now.holder().equals(mine.holder()))
            .isPresent();
  }

  /** False when another holder has it; from then on it stays lost. */
  synchronized boolean renew() {
    if (!lost && !closed) {
      leases.renew(current.get(), ttl).ifPresentOrElse(current::set, () -> lost = true);
    }
    return !lost;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (!lost) {
      leases.release(current.get());
    }
  }
}
