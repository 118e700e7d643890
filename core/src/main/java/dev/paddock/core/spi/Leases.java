package dev.paddock.core.spi;

import java.time.Duration;
import java.util.Optional;

/** Named leases with epochs. */
public interface Leases {
  /** Takes a free or expired lease; empty while another holder has it. */
  Optional<Lease> acquire(String name, String holder, Duration ttl);

  /** Extends a lease that is still held; empty when it was lost. */
  Optional<Lease> renew(Lease lease, Duration ttl);

  /** Gives it back; a lease that was lost meanwhile is left alone. */
  void release(Lease lease);

  /** The lease as it stands, expired or not; empty when it was given back or never taken. */
  Optional<Lease> find(String name);

  /** The lease if it has not expired by the store's clock, which is not that of this machine. */
  Optional<Lease> held(String name);
}
