package dev.paddock.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dpaddock.soak=true} kills 12 times. */
final class KilledProcessTest {
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 12 : 3;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @Test
  void killingLosesNothingThatWasAcknowledged() throws Exception {
    Random random = new Random(20_260_101);
    SessionId id;
    try (Store store = SqliteStore.open(home)) {
      id = TestingEvents.create(store.sessions(), "first");
    }
    for (int round = 0; round < ROUNDS; round++) {
      long acknowledged = appendUntilKilled(id, random.nextInt(1, 400), random.nextInt(3_000_000));
      try (Store store = SqliteStore.open(home)) {
        Verification verification = store.verify(id);
        assertThat(verification.broken()).isEmpty();
        assertThat(verification.entries()).isGreaterThanOrEqualTo(acknowledged);
        List<LogEntry> entries = store.sessions().readAll(id);
        assertThat(entries).extracting(LogEntry::sequence).hasSize((int) verification.entries());
        assertThat(entries.getLast().position()).isEqualTo(verification.entries());
        store.sessions().append(id, TestingEvents.append("recovered"));
      }
    }
  }

  /** Kills in the middle of what follows the given number of answers; the last answer seen. */
  private long appendUntilKilled(SessionId id, int answers, int spins) throws Exception {
    try (TestingProcess process =
        TestingProcess.start(List.of(), "append", home.toString(), id.value())) {
      String last = "";
      for (int i = 0; i < answers; i++) {
        last = process.line().orElseThrow();
      }
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
      process.kill();
      // What it had printed before it died was acknowledged too; a cut line was not.
      for (Optional<String> line = process.line(); line.isPresent(); line = process.line()) {
        last = line.get().length() >= last.length() ? line.get() : last;
      }
      return Long.parseLong(last);
    }
  }
}
