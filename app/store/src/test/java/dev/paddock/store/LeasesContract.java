package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every lease store must do. */
abstract class LeasesContract extends StoreContract {
  private static final Duration TTL = Duration.ofSeconds(10);

  private Leases leases() {
    return store.leases();
  }

  @Test
  void oneHolderAtATime() {
    Lease lease = leases().acquire("run", "a", TTL).orElseThrow();
    assertThat(lease.epoch()).isEqualTo(1);
    assertThat(lease.expiresAt().toEpochMilli()).isEqualTo(clock.millis() + 10_000);
    assertThat(leases().find("run")).contains(lease);
    assertThat(leases().held("run")).contains(lease);
    assertThat(leases().acquire("run", "b", TTL)).isEmpty();
    assertThat(leases().acquire("other", "b", TTL)).isPresent();
  }

  @Test
  void anExpiredOneIsTakenWithAHigherEpoch() {
    Lease first = leases().acquire("run", "a", TTL).orElseThrow();
    clock.advance(TTL);
    assertThat(leases().held("run")).isEmpty();
    assertThat(leases().find("run")).contains(first);
    Lease second = leases().acquire("run", "b", TTL).orElseThrow();
    assertThat(second.epoch()).isEqualTo(2);
    assertThat(leases().renew(first, TTL)).isEmpty();
    leases().release(first);
    assertThat(leases().find("run")).contains(second);
  }

  @Test
  void aReleasedOneIsFreeAndTheEpochGoesOn() {
    Lease first = leases().acquire("run", "a", TTL).orElseThrow();
    leases().release(first);
    assertThat(leases().find("run")).isEmpty();
    assertThat(leases().renew(first, TTL)).isEmpty();
    reopen();
    assertThat(leases().acquire("run", "b", TTL).map(Lease::epoch)).isEqualTo(Optional.of(2L));
  }

  @Test
  void renewingExtends() {
    Lease lease = leases().acquire("run", "a", TTL).orElseThrow();
    clock.advance(Duration.ofSeconds(9));
    Lease renewed = leases().renew(lease, TTL).orElseThrow();
    assertThat(renewed.epoch()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(9));
    assertThat(leases().acquire("run", "b", TTL)).isEmpty();
  }

  @Test
  void acquiringAgainLosesTheOlderLease() {
    Lease first = leases().acquire("run", "a", TTL).orElseThrow();
    Lease second = leases().acquire("run", "a", TTL).orElseThrow();
    assertThat(second.epoch()).isEqualTo(2);
    assertThat(leases().renew(first, TTL)).isEmpty();
    assertThat(leases().renew(second, TTL)).isPresent();
  }

  @Test
  void onlyOneOfManyGetsIt() throws Exception {
    List<Callable<Optional<Lease>>> tasks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String holder = "holder " + i;
      tasks.add(() -> leases().acquire("run", holder, TTL));
    }
    int won = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Optional<Lease>> result : threads.invokeAll(tasks)) {
        won += result.get().isPresent() ? 1 : 0;
      }
    }
    assertThat(won).isEqualTo(1);
  }

  @Test
  void refusesHostileLeases() {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> leases().acquire("run", "a", Duration.ZERO));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> leases().acquire("run", " ", TTL));
  }
}
