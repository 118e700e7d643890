package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.spi.Lease;
import dev.paddock.store.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseHolderTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final String NAME = "session/sesn_1";

  @TempDir Path home;

  @Test
  void aLivingProcessIsNotDead() {
    assertThat(LeaseHolder.isDead(LeaseHolder.THIS + "/1")).isFalse();
  }

  @Test
  void aProcessIdThatIsUsedAgainIsAnotherProcess() {
    LeaseHolder now = LeaseHolder.THIS;
    LeaseHolder before = new LeaseHolder(now.place(), now.pid(), now.started() - 1);
    assertThat(LeaseHolder.isDead(before.toString())).isTrue();
  }

  @Test
  void aHolderElsewhereIsNeverTakenForDead() {
    assertThat(LeaseHolder.isDead(new LeaseHolder("0-0.1", 1, 1).toString())).isFalse();
    assertThat(LeaseHolder.isDead("somebody else")).isFalse();
  }

  @Test
  void onlyADeadHoldersLeaseIsFreed() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    long started = ended.info().startInstant().map(t -> t.toEpochMilli()).orElse(0L);
    ended.waitFor();
    String dead = new LeaseHolder(LeaseHolder.THIS.place(), ended.pid(), started + 1) + "/x";
    try (SqliteStore store = SqliteStore.open(home)) {
      Optional<Lease> old = store.leases().acquire(NAME, dead, LONG);
      assertThat(old).isPresent();
      assertThat(store.leases().acquire(NAME, "new", LONG)).isEmpty();
      LeaseHolder.freeIfDead(store.leases(), NAME);
      Optional<Lease> taken = store.leases().acquire(NAME, LeaseHolder.THIS + "/new", LONG);
      assertThat(taken).isPresent();
      assertThat(taken.get().epoch()).isGreaterThan(old.get().epoch());
      LeaseHolder.freeIfDead(store.leases(), NAME);
      assertThat(store.leases().acquire(NAME, "third", LONG)).isEmpty();
    }
  }
}
