package dev.paddock.agent;

import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Leases;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Leases in memory; a process that is dead renews and releases none. */
final class TestingLeases implements Leases {
  private final Clock clock;
  private final BooleanSupplier dead;
  private final Map<String, Lease> leases = new HashMap<>();
  private Runnable onRelease = () -> {};

  TestingLeases(Clock clock, BooleanSupplier dead) {
    this.clock = clock;
    this.dead = dead;
  }

  /** Happens once, just before the next lease is given back. */
  synchronized void onRelease(Runnable what) {
    onRelease = what;
  }

  private synchronized Runnable takeOnRelease() {
    Runnable first = onRelease;
    onRelease = () -> {};
    return first;
  }

  synchronized void steal(String name) {
    Lease old = find(name).orElseThrow();
    leases.put(
        name, new Lease(name, "thief", old.epoch() + 1, clock.instant().plus(Duration.ofHours(1))));
  }

  synchronized boolean holds(Lease lease) {
    Lease held = leases.get(lease.name());
    return held != null
        && held.holder().equals(lease.holder())
        && held.epoch() == lease.epoch()
        && held.expiresAt().isAfter(clock.instant());
  }

  @Override
  public synchronized Optional<Lease> acquire(String name, String holder, Duration ttl) {
    Lease held = leases.get(name);
    if (held != null && held.expiresAt().isAfter(clock.instant())) {
      return Optional.empty();
    }
    long epoch = held == null ? 1 : held.epoch() + 1;
    Lease lease = new Lease(name, holder, epoch, clock.instant().plus(ttl));
    leases.put(name, lease);
    return Optional.of(lease);
  }

  @Override
  public synchronized Optional<Lease> renew(Lease lease, Duration ttl) {
    Lease held = leases.get(lease.name());
    if (held == null || held.epoch() != lease.epoch() || dead.getAsBoolean()) {
      return Optional.empty();
    }
    Lease renewed =
        new Lease(lease.name(), lease.holder(), lease.epoch(), clock.instant().plus(ttl));
    leases.put(lease.name(), renewed);
    return Optional.of(renewed);
  }

  @Override
  public void release(Lease lease) {
    takeOnRelease().run();
    giveBack(lease);
  }

  private synchronized void giveBack(Lease lease) {
    Lease held = leases.get(lease.name());
    if (held != null && held.epoch() == lease.epoch() && !dead.getAsBoolean()) {
      leases.put(lease.name(), new Lease(lease.name(), "nobody", lease.epoch(), clock.instant()));
    }
  }

  @Override
  public synchronized Optional<Lease> held(String name) {
    return find(name).filter(lease -> lease.expiresAt().isAfter(clock.instant()));
  }

  @Override
  public synchronized Optional<Lease> find(String name) {
    return Optional.ofNullable(leases.get(name));
  }
}
